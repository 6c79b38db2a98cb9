package dev.finetune4j.core.hub;

import static dev.finetune4j.core.hub.Bench.assertFails;
import static dev.finetune4j.core.hub.Bench.text;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.error.HubException;
import dev.finetune4j.core.error.HubException.Kind;
import dev.finetune4j.core.hub.repo.FileSelection;
import dev.finetune4j.core.hub.repo.RepoId;
import dev.finetune4j.core.testing.hub.Fault;
import dev.finetune4j.core.testing.hub.ServedRepo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** ModelScope's protocol and layout, against the test server only. */
class ModelScopeHubTest {
    private static final RepoId MODEL = RepoId.model("acme/small-1.5");
    private static final byte[] WEIGHTS = Bench.bytes(60_000);

    private @TempDir Path home;
    private Bench bench;
    private ServedRepo repo;

    @BeforeEach
    void publish() {
        bench = new Bench(home);
        repo = bench.server.model("acme/small-1.5").file("config.json", "{}").file("sub/a.txt", "a");
        repo.large("model.safetensors", WEIGHTS).publish("master");
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private Path cache() {
        return home.resolve(".cache/modelscope");
    }

    @Test
    void cacheHasTheLayoutOfItsClient() throws IOException {
        Path folder = bench.modelScope().snapshot(MODEL, "main", FileSelection.ALL);
        assertEquals(cache().resolve("models/acme--small-1.5/snapshots/master"), folder);
        assertEquals("{}", text(folder.resolve("config.json")));
        assertEquals("a", text(folder.resolve("sub/a.txt")));
        assertArrayEquals(WEIGHTS, Files.readAllBytes(folder.resolve("model.safetensors")));
        assertFalse(Files.isSymbolicLink(folder.resolve("model.safetensors")));
        bench.server
                .seen("/api/")
                .forEach(request -> assertTrue(request.address().contains("Revision=master")));
    }

    @Test
    void revisionOtherThanMainIsTakenAsItIs() {
        repo.file("config.json", "{\"v\":1}").publish("v1.0");
        Path file = bench.modelScope("MODELSCOPE_CACHE", "~/ms").file(MODEL, "v1.0", "config.json");
        assertEquals(home.resolve("ms/models/acme--small-1.5/snapshots/v1.0/config.json"), file);
        assertEquals("{\"v\":1}", text(file));
    }

    @Test
    void whatIsThereIsComparedAndFetchedOnlyWhenItChanged() {
        Path file = bench.modelScope().file(MODEL, "master", "config.json");
        bench.server.forgetRequests();
        assertEquals(file, bench.modelScope().file(MODEL, "master", "config.json"));
        assertEquals(0, bench.server.seen("FilePath").size());
        repo.file("config.json", "[]").publish("master");
        assertEquals("[]", text(bench.modelScope().file(MODEL, "master", "config.json")), "same size, other content");
    }

    @Test
    void folderOfOlderClientsIsUsedFurther() throws IOException {
        Path old = Files.createDirectories(cache().resolve("hub/models/acme/small-1___5"));
        Files.writeString(old.resolve("config.json"), "{}");
        Path folder = bench.modelScope().snapshot(MODEL, "master", FileSelection.ALL);
        assertEquals(old, folder);
        assertEquals(0, bench.server.seen("FilePath=config.json").size());
        assertTrue(Files.exists(old.resolve("model.safetensors")));
    }

    @Test
    void tokenIsShownToTheHubAloneAsHeaderAndCookie() throws IOException {
        repo.withToken("secret");
        HubSettings settings = HubSettings.DEFAULT.withTokens(null, "secret", null);
        Path file = new ModelScopeHub(settings, bench.environment()).file(MODEL, "master", "model.safetensors");
        assertArrayEquals(WEIGHTS, Files.readAllBytes(file));
        bench.server.seen("/api/").forEach(request -> {
            assertEquals("Bearer secret", request.authorization());
            assertEquals("m_session_id=secret", request.cookie());
        });
        assertEquals(1, bench.server.seen("/contents/").size());
        bench.server.seen("/contents/").forEach(request -> {
            assertNull(request.authorization());
            assertNull(request.cookie());
        });
        HubException failure = assertFails(Kind.TOKEN, () -> bench.modelScope().file(MODEL, "master", "config.json"));
        assertTrue(failure.getMessage().contains("ms_hub_token"), failure.getMessage());
        ModelScopeHub byVariable = bench.modelScope("MODELSCOPE_API_TOKEN", "secret");
        assertEquals("{}", text(byVariable.file(MODEL, "master", "config.json")));
    }

    @Test
    void brokenTransferGoesOn() throws IOException {
        bench.server.show(Fault.cut("/contents/", 20_000, 1));
        Path file = bench.modelScope().file(MODEL, "master", "model.safetensors");
        assertArrayEquals(WEIGHTS, Files.readAllBytes(file));
        assertEquals(2, bench.server.seen("/contents/").size());
    }

    @Test
    void withoutTheHubTheCacheAnswers() {
        Path file = bench.modelScope().file(MODEL, "master", "config.json");
        ModelScopeHub offline = bench.modelScope("HF_HUB_OFFLINE", "1");
        assertEquals(file, offline.file(MODEL, "master", "config.json"));
        assertEquals(List.of("config.json"), offline.files(MODEL, "master").paths());
        assertFails(Kind.OFFLINE, () -> offline.file(MODEL, "master", "sub/a.txt"));
        bench.server.close();
        assertEquals(file, bench.modelScope().file(MODEL, "master", "config.json"));
        assertFails(Kind.NO_NETWORK, () -> bench.modelScope().file(MODEL, "master", "sub/a.txt"));
    }

    @Test
    void missingRepositoriesRevisionsAndFilesAreNamed() {
        ModelScopeHub hub = bench.modelScope();
        assertFails(Kind.REPO_NOT_FOUND, () -> hub.files(RepoId.model("acme/none"), "master"));
        assertFails(Kind.REPO_NOT_FOUND, () -> hub.files(MODEL, "v9"));
        HubException failure = assertFails(Kind.FILE_NOT_FOUND, () -> hub.file(MODEL, "master", "none.json"));
        assertTrue(failure.getMessage().contains("ModelScope model acme/small-1.5@master, none.json"));
    }

    @Test
    void listingOfADataSetComesInPages() {
        ServedRepo rows = bench.server.dataset("acme/rows");
        for (int i = 0; i < 450; i++) {
            rows.file(String.format("data/%03d.jsonl", i), "{}");
        }
        rows.publish("master");
        List<String> paths =
                bench.modelScope().files(RepoId.dataset("acme/rows"), "main").paths();
        assertEquals(450, paths.size());
        assertEquals("data/449.jsonl", paths.get(449));
        assertEquals(3, bench.server.seen("/repo/tree").size());
    }

    @Test
    void listingThatTheHubCutsIsTakenFolderByFolder() {
        for (int i = 0; i < 3500; i++) {
            repo.file(String.format("part%d/%04d.txt", i % 2, i), "");
        }
        repo.publish("master");
        assertEquals(3503, bench.modelScope().files(MODEL, "master").files().size());
    }
}
