package dev.finetune4j.core.hub;

import dev.finetune4j.core.hub.cache.CachedHub;
import dev.finetune4j.core.hub.cache.ModelersRemote;
import dev.finetune4j.core.hub.cache.RepoFiles;
import dev.finetune4j.core.hub.http.Credential;
import dev.finetune4j.core.hub.http.HubClient;
import java.net.URI;
import java.nio.file.Path;

/**
 * Modelers, the hub of openMind: {@code OPENMIND_HUB_ENDPOINT}, else {@code https://modelers.cn}. Its cache has Hugging
 * Face's layout under {@code cache_dir}, else {@code $XDG_CACHE_HOME/openmind/hub}, else {@code ~/.cache/openmind/hub}. The
 * token is {@code om_hub_token}; its own client reads none from the environment either.
 *
 * <p>Protocol and layout are those of the client {@code openmind_hub} 1.3.0. They are tested against a server of our own
 * that answers as that client expects; the hub itself has not been asked.
 */
public final class ModelersHub extends KeptHub {
    public ModelersHub(HubSettings settings, HubEnvironment environment) {
        super("Modelers", files(settings, environment));
    }

    private static RepoFiles files(HubSettings settings, HubEnvironment environment) {
        URI endpoint = environment.endpoint(environment.value("OPENMIND_HUB_ENDPOINT"), "https://modelers.cn");
        Credential credential = Credential.bearer(endpoint, settings.modelersToken());
        HubClient client = new HubClient(environment.proxies(), credential, environment.patience());
        Path root = settings.cacheDir() == null
                ? environment.caches().resolve("openmind").resolve("hub")
                : settings.cacheDir();
        return new CachedHub(
                new ModelersRemote(client, endpoint),
                environment.place(root),
                environment.retries(),
                settings.listener());
    }
}
