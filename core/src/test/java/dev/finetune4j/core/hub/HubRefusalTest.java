package dev.finetune4j.core.hub;

import static dev.finetune4j.core.hub.Bench.assertFails;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.error.HubException;
import dev.finetune4j.core.error.HubException.Kind;
import dev.finetune4j.core.hub.repo.RepoId;
import dev.finetune4j.core.testing.hub.Fault;
import dev.finetune4j.core.testing.hub.ServedRepo;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every way in which a hub says no, and the way out that the message shows. */
class HubRefusalTest {
    private static final RepoId MODEL = RepoId.model("acme/small");

    private @TempDir Path home;
    private Bench bench;
    private ServedRepo repo;

    @BeforeEach
    void publish() {
        bench = new Bench(home);
        repo = bench.server.model("acme/small").file("config.json", "{}");
        repo.publish("main");
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private HubException refused(Kind kind, HuggingFaceHub hub) {
        HubException ofListing = assertFails(kind, () -> hub.files(MODEL, "main"));
        HubException ofFile = assertFails(kind, () -> hub.file(MODEL, "main", "config.json"));
        assertTrue(ofListing.getMessage().contains("model acme/small@main"), ofListing.getMessage());
        assertTrue(ofFile.getMessage().contains("model acme/small@main, config.json"), ofFile.getMessage());
        assertEquals(0, bench.pauses.size(), "a refusal is not repeated");
        return ofFile;
    }

    @Test
    void gatedRepositoryShowsWhereToAskForAccess() {
        repo.gated();
        HubException withoutToken = refused(Kind.GATED, bench.huggingFace());
        assertTrue(
                withoutToken.getMessage().contains(bench.server.endpoint() + "/acme/small"), withoutToken.getMessage());
        assertTrue(withoutToken.getMessage().contains("hf_hub_token"), withoutToken.getMessage());
        HubException withToken = refused(Kind.GATED, bench.withToken("other"));
        assertTrue(withToken.getMessage().contains("account that the token belongs to"), withToken.getMessage());
        assertFalse(withToken.getMessage().contains("other"), "no message shows a token");
    }

    @Test
    void privateRepositoryAsksForAToken() {
        repo.withToken("secret");
        HubException failure = refused(Kind.TOKEN, bench.huggingFace());
        assertTrue(failure.getMessage().contains("HF_TOKEN"), failure.getMessage());
        refused(Kind.REPO_NOT_FOUND, bench.withToken("other"));
        assertEquals("{}", Bench.text(bench.withToken("secret").file(MODEL, "main", "config.json")));
    }

    @Test
    void missingRepositoryIsNamed() {
        HubException failure = assertFails(
                Kind.REPO_NOT_FOUND,
                () -> bench.withToken("any").file(RepoId.model("acme/none"), "main", "config.json"));
        assertTrue(failure.getMessage().contains("acme/none"), failure.getMessage());
    }

    @Test
    void missingRevisionIsNamed() {
        HubException failure =
                assertFails(Kind.REVISION_NOT_FOUND, () -> bench.huggingFace().file(MODEL, "v9", "config.json"));
        assertTrue(failure.getMessage().contains("model acme/small@v9"), failure.getMessage());
        assertTrue(failure.getMessage().contains("model_revision"), failure.getMessage());
    }

    @Test
    void missingFileIsNamed() {
        HubException failure =
                assertFails(Kind.FILE_NOT_FOUND, () -> bench.huggingFace().file(MODEL, "main", "tokenizer.json"));
        assertTrue(failure.getMessage().contains("tokenizer.json"), failure.getMessage());
    }

    @Test
    void cachedFileIsUsedWhenAccessIsLost() {
        Path file = bench.huggingFace().file(MODEL, "main", "config.json");
        repo.gated();
        assertEquals(file, bench.huggingFace().file(MODEL, "main", "config.json"));
    }

    @Test
    void pageInPlaceOfAHubIsRecognised() {
        bench.server.show(Fault.status("/resolve/", 200, 1));
        bench.server.show(Fault.status("/revision/", 200, 1));
        HubException ofFile = assertFails(Kind.SERVER, () -> bench.huggingFace().file(MODEL, "main", "config.json"));
        assertTrue(ofFile.getMessage().contains("HF_ENDPOINT"), ofFile.getMessage());
        assertFails(Kind.SERVER, () -> bench.huggingFace().files(MODEL, "main"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"../x", "a/../../x", "/etc/passwd", "C:\\x", "C:x", "a\\b", "\\\\host\\x"})
    void pathsThatLeadOutAreRefused(String path) {
        assertFails(Kind.INVALID, () -> bench.huggingFace().file(MODEL, "main", path));
        assertFails(Kind.INVALID, () -> bench.huggingFace().file(MODEL, path, "config.json"));
        assertEquals(0, bench.server.seen().size());
    }

    @Test
    void hubCannotMakeSnapshotsWriteElsewhere() {
        repo.file("../../../outside.txt", "hostile").publish("main");
        assertFails(Kind.INVALID, () -> bench.huggingFace().snapshot(MODEL, "main"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a/b/c", "/a", "a/", "..", "a--b/c", "a/..", "~/model", "./model", "x.git"})
    void namesThatNoRepositoryHasAreRefused(String name) {
        assertFalse(RepoId.isName(name));
        assertFails(Kind.INVALID, () -> RepoId.model(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "Qwen/Qwen2.5-0.5B-Instruct", "a/_b", "01-ai/Yi-6B"})
    void namesOfRepositoriesAreTaken(String name) {
        assertEquals(name, RepoId.model(name).name());
    }
}
