package dev.finetune4j.core.hub;

import static dev.finetune4j.core.hub.Bench.assertFails;
import static dev.finetune4j.core.hub.Bench.text;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.error.HubException.Kind;
import dev.finetune4j.core.hub.repo.FileSelection;
import dev.finetune4j.core.hub.repo.RepoId;
import dev.finetune4j.core.testing.hub.ServedRepo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Modelers' protocol with Hugging Face's layout, against the test server only. */
class ModelersHubTest {
    private static final RepoId MODEL = RepoId.model("acme/small");
    private static final byte[] WEIGHTS = Bench.bytes(60_000);

    private @TempDir Path home;
    private Bench bench;
    private ServedRepo repo;
    private String commit;

    @BeforeEach
    void publish() {
        bench = new Bench(home);
        repo = bench.server.model("acme/small").file("config.json", "{}").file("sub/deep/a.txt", "a");
        commit = repo.large("model.safetensors", WEIGHTS).publish("main");
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private Path folder() {
        return home.resolve(".cache/openmind/hub/models--acme--small");
    }

    @Test
    void cacheHasTheLayoutOfItsClient() throws IOException {
        Path file = bench.modelers().file(MODEL, "main", "model.safetensors");
        assertEquals(folder().resolve("snapshots").resolve(commit).resolve("model.safetensors"), file);
        assertArrayEquals(WEIGHTS, Files.readAllBytes(file));
        assertEquals(commit, text(folder().resolve("refs/main")));
        assertEquals(
                Path.of("../../blobs", new ServedRepo.Content(WEIGHTS, true).sha256()), Files.readSymbolicLink(file));
    }

    @Test
    void foldersAreListedOneByOne() {
        assertEquals(
                List.of("config.json", "model.safetensors", "sub/deep/a.txt"),
                bench.modelers().files(MODEL, "main").paths());
        assertEquals(3, bench.server.seen("/api/v1/file/").size());
    }

    @Test
    void snapshotIsWholeAndNeedsNoRequestAtItsCommit() {
        Path folder = bench.modelers().snapshot(MODEL, "main", FileSelection.ALL);
        assertEquals("a", text(folder.resolve("sub/deep/a.txt")));
        bench.server.forgetRequests();
        assertEquals(folder, bench.modelers().snapshot(MODEL, commit, FileSelection.ALL));
        assertEquals(List.of(), bench.server.seen());
    }

    @Test
    void dataSetsShareTheAddresses() {
        bench.server.dataset("acme/rows").file("train.jsonl", "{}").publish("main");
        Path file = bench.modelers().file(RepoId.dataset("acme/rows"), "main", "train.jsonl");
        assertTrue(file.toString().contains("datasets--acme--rows"), file.toString());
    }

    @Test
    void tokenIsShownToTheHubAlone() throws IOException {
        repo.withToken("secret");
        assertFails(Kind.TOKEN, () -> bench.modelers().file(MODEL, "main", "config.json"));
        bench.server.forgetRequests();
        HubSettings settings = HubSettings.DEFAULT.withTokens(null, null, "secret");
        Path file = new ModelersHub(settings, bench.environment()).file(MODEL, "main", "model.safetensors");
        assertArrayEquals(WEIGHTS, Files.readAllBytes(file));
        bench.server.seen("/api/").forEach(request -> assertEquals("Bearer secret", request.authorization()));
        assertEquals(1, bench.server.seen("/contents/").size());
        bench.server.seen("/contents/").forEach(request -> assertNull(request.authorization()));
    }

    @Test
    void missingRepositoriesRevisionsAndFilesAreNamed() {
        ModelersHub hub = bench.modelers();
        assertFails(Kind.REPO_NOT_FOUND, () -> hub.files(RepoId.model("acme/none"), "main"));
        assertFails(Kind.REVISION_NOT_FOUND, () -> hub.file(MODEL, "v9", "config.json"));
        assertFails(Kind.FILE_NOT_FOUND, () -> hub.file(MODEL, "main", "none.json"));
    }

    @Test
    void branchFallsBackToTheCacheWithoutNetwork() {
        Path file = bench.modelers().file(MODEL, "main", "config.json");
        bench.server.close();
        assertEquals(file, bench.modelers().file(MODEL, "main", "config.json"));
    }
}
