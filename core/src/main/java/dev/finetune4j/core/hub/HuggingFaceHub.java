package dev.finetune4j.core.hub;

import dev.finetune4j.core.hub.cache.CachedHub;
import dev.finetune4j.core.hub.cache.HuggingFaceRemote;
import dev.finetune4j.core.hub.cache.RepoFiles;
import dev.finetune4j.core.hub.http.Credential;
import dev.finetune4j.core.hub.http.HubClient;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hugging Face's hub, or a mirror of it ({@code HF_ENDPOINT}), with the cache that {@code huggingface_hub} keeps.
 *
 * <ul>
 *   <li>Cache: {@code cache_dir}, else {@code HF_HUB_CACHE}, {@code HUGGINGFACE_HUB_CACHE}, {@code $HF_HOME/hub},
 *       {@code $XDG_CACHE_HOME/huggingface/hub}, {@code ~/.cache/huggingface/hub}.
 *   <li>Token: {@code hf_hub_token}, else {@code HF_TOKEN}, {@code HUGGING_FACE_HUB_TOKEN}, the file {@code HF_TOKEN_PATH},
 *       the file {@code $HF_HOME/token}. With {@code HF_HUB_DISABLE_IMPLICIT_TOKEN} only the first. It is sent to the
 *       endpoint's own scheme, host and port, and nowhere else.
 *   <li>{@code HF_HUB_OFFLINE}, {@code HF_HUB_DISABLE_SYMLINKS},
 *       {@code HF_HUB_DISABLE_SYMLINKS_WARNING}, {@code HF_HUB_ETAG_TIMEOUT}, {@code HF_HUB_DOWNLOAD_TIMEOUT}, {@code https_proxy}, {@code no_proxy}.
 * </ul>
 *
 * <p>Files kept in Xet come by the plain address that the hub serves for clients without Xet.
 */
public final class HuggingFaceHub extends KeptHub {
    private static final Logger log = LoggerFactory.getLogger(HuggingFaceHub.class);

    public HuggingFaceHub(HubSettings settings, HubEnvironment environment) {
        super("Hugging Face", files(settings, environment));
    }

    private static RepoFiles files(HubSettings settings, HubEnvironment environment) {
        URI endpoint = environment.endpoint(environment.value("HF_ENDPOINT"), "https://huggingface.co");
        Credential credential = Credential.bearer(endpoint, token(settings.huggingFaceToken(), environment));
        HubClient client = new HubClient(environment.proxies(), credential, environment.patience());
        Path root = settings.cacheDir() == null ? cache(environment) : settings.cacheDir();
        return new CachedHub(
                new HuggingFaceRemote(client, endpoint),
                environment.place(root),
                environment.retries(),
                settings.listener());
    }

    /** Where the cache is unless {@code cache_dir} says otherwise. */
    static Path cache(HubEnvironment environment) {
        String given = environment.firstOf("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE");
        return given == null ? home(environment).resolve("hub") : environment.expanded(given);
    }

    private static Path home(HubEnvironment environment) {
        Path given = environment.path("HF_HOME");
        return given == null ? environment.caches().resolve("huggingface") : given;
    }

    /** The token to send; null for none. */
    static @Nullable String token(@Nullable String given, HubEnvironment environment) {
        if (given != null && !given.isBlank()) {
            return given.strip();
        }
        if (environment.isOn("HF_HUB_DISABLE_IMPLICIT_TOKEN")) {
            return null;
        }
        String variable = environment.firstOf("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN");
        return variable == null ? kept(environment) : variable;
    }

    /** What {@code hf auth login} left. */
    private static @Nullable String kept(HubEnvironment environment) {
        Path given = environment.path("HF_TOKEN_PATH");
        Path file = given == null ? home(environment).resolve("token") : given;
        if (!Files.isRegularFile(file)) {
            return null;
        }
        try {
            String token = Files.readString(file).strip();
            return token.isEmpty() ? null : token;
        } catch (IOException e) {
            log.warn("The token in {} cannot be read ({}); requests go without one.", file, e.getMessage());
            return null;
        }
    }
}
