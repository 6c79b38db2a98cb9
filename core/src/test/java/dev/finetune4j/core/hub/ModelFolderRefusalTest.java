package dev.finetune4j.core.hub;

import static dev.finetune4j.core.hub.Bench.assertFails;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.error.HubException;
import dev.finetune4j.core.error.HubException.Kind;
import dev.finetune4j.core.hub.repo.FileSelection;
import dev.finetune4j.core.hub.repo.RepoFile;
import dev.finetune4j.core.hub.repo.RepoId;
import dev.finetune4j.core.hub.repo.RepoListing;
import dev.finetune4j.core.testing.hub.ServedRepo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code model_name_or_path} of a model that a hub does not give: what is in the way, and the way out. */
class ModelFolderRefusalTest {
    private static final String MODEL = "acme/small";
    private static final byte[] WEIGHTS = Bench.bytes(50_000);

    private @TempDir Path home;
    private Bench bench;
    private ServedRepo repo;

    @BeforeEach
    void publish() {
        bench = new Bench(home);
        repo = bench.server.model(MODEL).file("config.json", "{}").large("model.safetensors", WEIGHTS);
        repo.publish("main");
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private HubException refused(Kind kind, String model, String revision, String... variables) {
        Hubs hubs = Hubs.of(HubSettings.DEFAULT, bench.environment(variables));
        return assertFails(kind, () -> hubs.modelFolder(model, revision));
    }

    private static void assertSays(HubException failure, String... parts) {
        for (String part : parts) {
            assertTrue(failure.getMessage().contains(part), failure.getMessage());
        }
    }

    @Test
    void gatedModelShowsItsPageAndTheToken() {
        repo.gated();
        assertSays(refused(Kind.GATED, MODEL, "main"), MODEL, bench.server.endpoint() + "/" + MODEL, "hf_hub_token");
    }

    @Test
    void missingModelAndMissingRevisionAreToldApart() {
        assertSays(refused(Kind.TOKEN, "acme/none", "main"), "acme/none", "HF_TOKEN");
        assertSays(refused(Kind.REPO_NOT_FOUND, "acme/none", "main", "HF_TOKEN", "any"), "acme/none");
        assertSays(refused(Kind.REVISION_NOT_FOUND, MODEL, "v9"), MODEL + "@v9", "model_revision");
    }

    @Test
    void withoutNetworkTheWayToTheCacheIsShown() {
        HubException failure = refused(Kind.NO_NETWORK, MODEL, "main", "HF_ENDPOINT", "http://localhost:1");
        assertSays(failure, MODEL, "http://localhost:1", "proxy", "HF_HUB_OFFLINE=1");
        assertSays(refused(Kind.OFFLINE, MODEL, "main", "HF_HUB_OFFLINE", "1"), MODEL, "HF_HUB_OFFLINE");
    }

    @Test
    void withoutNetworkAWholeCopyInTheCacheIsEnough() {
        Path folder = Hubs.of(HubSettings.DEFAULT, bench.environment()).modelFolder(MODEL, "main");
        for (List<String> variable :
                List.of(List.of("HF_ENDPOINT", "http://localhost:1"), List.of("HF_HUB_OFFLINE", "1"))) {
            Hubs hubs = Hubs.of(HubSettings.DEFAULT, bench.environment(variable.toArray(new String[0])));
            assertEquals(folder, hubs.modelFolder(MODEL, "main"));
        }
    }

    @Test
    void cacheThatCannotBeWrittenIsNamed() throws IOException {
        Path occupied = Files.writeString(home.resolve("occupied"), "a file");
        Hubs hubs = Hubs.of(HubSettings.DEFAULT.withCacheDir(occupied), bench.environment());
        HubException failure = assertFails(Kind.DISK, () -> hubs.modelFolder(MODEL, "main"));
        assertSays(failure, MODEL, occupied.toString(), "cache_dir");
    }

    /** Three shards of which each would fit for a while: none is begun. */
    @Test
    void diskTooSmallForAllShardsIsNoticedBeforeTheFirst() throws IOException {
        long third = Files.getFileStore(home).getUsableSpace() / 10 * 4;
        List<RepoFile> shards = List.of(shard(1, third), shard(2, third), shard(3, third));
        RepoListing listing = new RepoListing("main", "0123456789012345678901234567890123456789", shards);
        HubException failure = assertFails(
                Kind.DISK, () -> bench.huggingFace().snapshot(RepoId.model(MODEL), listing, FileSelection.MODEL));
        assertSays(failure, MODEL, 3 * third + " more bytes are needed", "cache_dir");
        assertFalse(bench.server.seen().stream().anyMatch(seen -> seen.address().contains("resolve")));
    }

    private static RepoFile shard(int number, long size) {
        String hash = String.valueOf(number).repeat(64);
        return new RepoFile("model-0000" + number + "-of-00003.safetensors", size, hash.substring(0, 40), hash);
    }
}
