package dev.finetune4j.data.source.cloud;

import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Amazon S3, and whatever speaks its language: {@code AWS_ENDPOINT_URL_S3} or {@code AWS_ENDPOINT_URL} name another
 * endpoint. Credentials are those of {@code AWS_ACCESS_KEY_ID}, {@code AWS_SECRET_ACCESS_KEY} and {@code AWS_SESSION_TOKEN};
 * the region is {@code AWS_REGION} or {@code AWS_DEFAULT_REGION}, and otherwise found out.
 */
public final class S3Store extends ObjectStore {
    private static final String FIRST_REGION = "us-east-1";

    private final Map<String, String> environment;
    /** Found out from the store's answers. */
    private final Map<String, String> regions = new ConcurrentHashMap<>();

    public S3Store() {
        this(System.getenv());
    }

    /** @param environment in place of the process's variables */
    S3Store(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    @Override
    public String name() {
        return "s3";
    }

    @Override
    public Set<String> schemes() {
        return Set.of("s3");
    }

    private String variable(String... names) {
        for (String name : names) {
            String value = environment.getOrDefault(name, "");
            if (!value.isEmpty()) {
                return value;
            }
        }
        return "";
    }

    private String region(String bucket) {
        String configured = variable("AWS_REGION", "AWS_DEFAULT_REGION");
        return regions.getOrDefault(bucket, configured.isEmpty() ? FIRST_REGION : configured);
    }

    @Override
    URI location(ObjectAddress address, String query) {
        String endpoint = variable("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL");
        String host = "s3." + region(address.bucket()) + ".amazonaws.com";
        String base;
        if (!endpoint.isEmpty()) {
            base = (endpoint.endsWith("/") ? endpoint.substring(0, endpoint.length() - 1) : endpoint) + "/"
                    + address.bucket();
        } else if (address.bucket().contains(".")) {
            // The certificate's wildcard covers no dots.
            base = "https://" + host + "/" + address.bucket();
        } else {
            base = "https://" + address.bucket() + "." + host;
        }
        return URI.create(
                base + "/" + ObjectAddress.encode(address.key(), true) + (query.isEmpty() ? "" : "?" + query));
    }

    @Override
    @Nullable
    Map<String, String> credentials(String method, URI uri) {
        String key = variable("AWS_ACCESS_KEY_ID");
        String secret = variable("AWS_SECRET_ACCESS_KEY");
        if (key.isEmpty() || secret.isEmpty()) {
            return null;
        }
        AwsCredentials credentials = new AwsCredentials(key, secret, variable("AWS_SESSION_TOKEN"));
        return new SignatureV4(credentials, regionOf(uri)).sign(method, uri, Map.of(), Instant.now());
    }

    private String regionOf(URI uri) {
        String host = uri.getHost();
        int end = host.lastIndexOf(".amazonaws.com");
        int start = end < 0 ? -1 : host.lastIndexOf("s3.", end) + "s3.".length();
        String configured = variable("AWS_REGION", "AWS_DEFAULT_REGION");
        return start >= 0 ? host.substring(start, end) : configured.isEmpty() ? FIRST_REGION : configured;
    }

    /** A bucket of another region says which. */
    @Override
    boolean redirected(ObjectAddress address, HttpResponse<InputStream> response) {
        String actual = response.headers().firstValue("x-amz-bucket-region").orElse("");
        boolean elsewhere = response.statusCode() >= 300
                && !actual.isEmpty()
                && !actual.equals(region(address.bucket()))
                && variable("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL").isEmpty();
        if (elsewhere) {
            regions.put(address.bucket(), actual);
        }
        return elsewhere;
    }

    @Override
    String credentialsHint() {
        return "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and AWS_SESSION_TOKEN where there is one.";
    }
}
