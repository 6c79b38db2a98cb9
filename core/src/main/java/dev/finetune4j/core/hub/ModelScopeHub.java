package dev.finetune4j.core.hub;

import dev.finetune4j.core.hub.cache.ModelScopeFiles;
import dev.finetune4j.core.hub.cache.ModelScopeRemote;
import dev.finetune4j.core.hub.cache.RepoFiles;
import dev.finetune4j.core.hub.http.Credential;
import dev.finetune4j.core.hub.http.HubClient;
import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * ModelScope: {@code MODELSCOPE_ENDPOINT}, else {@code MODELSCOPE_DOMAIN}, else {@code https://modelscope.cn}. The cache is
 * {@code cache_dir}, else {@code MODELSCOPE_CACHE}, else {@code ~/.cache/modelscope}. The token is {@code ms_hub_token}, else
 * {@code MODELSCOPE_API_TOKEN}; what {@code modelscope login} keeps is a Python pickle, which is not read. The revision
 * {@code main} means {@code master}, as in LLaMA-Factory.
 *
 * <p>Protocol and layout are those of the client {@code modelscope_hub} 0.5.1. They are tested against a server of our own,
 * from which that client fetches the same files into the same layout; the hub itself has not been asked.
 */
public final class ModelScopeHub extends KeptHub {
    public ModelScopeHub(HubSettings settings, HubEnvironment environment) {
        super("ModelScope", files(settings, environment));
    }

    private static RepoFiles files(HubSettings settings, HubEnvironment environment) {
        URI endpoint = environment.endpoint(
                environment.firstOf("MODELSCOPE_ENDPOINT", "MODELSCOPE_DOMAIN"), "https://modelscope.cn");
        Credential credential =
                Credential.bearerAndCookie(endpoint, token(settings.modelScopeToken(), environment), "m_session_id");
        HubClient client = new HubClient(environment.proxies(), credential, environment.patience());
        return new ModelScopeFiles(
                new ModelScopeRemote(client, endpoint),
                environment.place(cache(settings, environment)),
                environment.retries(),
                settings.listener());
    }

    private static Path cache(HubSettings settings, HubEnvironment environment) {
        if (settings.cacheDir() != null) {
            return settings.cacheDir();
        }
        Path given = environment.path("MODELSCOPE_CACHE");
        return given == null ? environment.home().resolve(".cache").resolve("modelscope") : given;
    }

    private static @Nullable String token(@Nullable String given, HubEnvironment environment) {
        return given == null || given.isBlank() ? environment.value("MODELSCOPE_API_TOKEN") : given.strip();
    }
}
