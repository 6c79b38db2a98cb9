package dev.finetune4j.data.source.cloud;

import java.net.URI;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Google Cloud Storage. {@code STORAGE_EMULATOR_HOST} names another endpoint; an access token is taken from {@code
 * CLOUDSDK_AUTH_ACCESS_TOKEN} or {@code GOOGLE_OAUTH_ACCESS_TOKEN}.
 */
public final class GoogleStore extends ObjectStore {
    private static final String ENDPOINT = "https://storage.googleapis.com";

    private final Map<String, String> environment;

    public GoogleStore() {
        this(System.getenv());
    }

    /** @param environment in place of the process's variables */
    GoogleStore(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    @Override
    public String name() {
        return "gs";
    }

    @Override
    public Set<String> schemes() {
        return Set.of("gs", "gcs");
    }

    @Override
    URI location(ObjectAddress address, String query) {
        String endpoint = environment.getOrDefault("STORAGE_EMULATOR_HOST", ENDPOINT);
        String base = endpoint.contains("://") ? endpoint : "http://" + endpoint;
        return URI.create(base + "/" + address.bucket() + "/" + ObjectAddress.encode(address.key(), true)
                + (query.isEmpty() ? "" : "?" + query));
    }

    @Override
    @Nullable
    Map<String, String> credentials(String method, URI uri) {
        String token = environment.getOrDefault(
                "CLOUDSDK_AUTH_ACCESS_TOKEN", environment.getOrDefault("GOOGLE_OAUTH_ACCESS_TOKEN", ""));
        return token.isEmpty() ? null : Map.of("authorization", "Bearer " + token);
    }

    @Override
    String credentialsHint() {
        return "Set GOOGLE_OAUTH_ACCESS_TOKEN, for instance to the output of: gcloud auth print-access-token.";
    }
}
