package dev.finetune4j.core.hub;

import dev.finetune4j.core.hub.cache.CachedHub;
import dev.finetune4j.core.hub.cache.ModelersRemote;
import dev.finetune4j.core.hub.http.Credential;
import dev.finetune4j.core.hub.http.HubClient;
import dev.finetune4j.core.hub.repo.FileSelection;
import dev.finetune4j.core.hub.repo.RepoId;
import dev.finetune4j.core.hub.repo.RepoListing;
import dev.finetune4j.core.hub.repo.RepoPath;
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
public final class ModelersHub implements Hub {
    private static final String NAME = "Modelers";

    private final CachedHub files;

    public ModelersHub(HubSettings settings, HubEnvironment environment) {
        URI endpoint = environment.endpoint(environment.value("OPENMIND_HUB_ENDPOINT"), "https://modelers.cn");
        Credential credential = Credential.bearer(endpoint, settings.modelersToken());
        HubClient client = new HubClient(environment.proxies(), credential, environment.patience());
        Path root = settings.cacheDir() == null
                ? environment.caches().resolve("openmind").resolve("hub")
                : settings.cacheDir();
        this.files = new CachedHub(
                new ModelersRemote(client, endpoint),
                environment.place(root),
                environment.retries(),
                settings.listener());
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Path file(RepoId repo, String revision, String path) {
        return files.file(new RepoPath(NAME, repo, revision, path));
    }

    @Override
    public Path snapshot(RepoId repo, String revision, FileSelection selection) {
        return files.snapshot(new RepoPath(NAME, repo, revision, ""), selection);
    }

    @Override
    public Path snapshot(RepoId repo, RepoListing listing, FileSelection selection) {
        return files.snapshot(new RepoPath(NAME, repo, listing.revision(), ""), listing, selection);
    }

    @Override
    public RepoListing files(RepoId repo, String revision) {
        return files.files(new RepoPath(NAME, repo, revision, ""));
    }
}
