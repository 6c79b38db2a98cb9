package dev.finetune4j.core.hub;

import static dev.finetune4j.core.hub.Bench.assertFails;
import static dev.finetune4j.core.hub.Bench.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.error.HubException;
import dev.finetune4j.core.error.HubException.Kind;
import dev.finetune4j.core.hub.repo.FileSelection;
import dev.finetune4j.core.hub.repo.RepoId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which hub answers, as LLaMA-Factory decides it; and folders that stand in for one. */
class HubsTest {
    private @TempDir Path home;
    private Bench bench;

    @BeforeEach
    void open() {
        bench = new Bench(home);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private Hubs hubs(String... namesAndValues) {
        return Hubs.of(HubSettings.DEFAULT, bench.environment(namesAndValues));
    }

    @Test
    void modelScopeWinsOverModelersWinsOverHuggingFace() {
        assertEquals("Hugging Face", hubs().preferred().name());
        assertEquals("Modelers", hubs("USE_OPENMIND_HUB", "true").preferred().name());
        assertEquals(
                "ModelScope",
                hubs("USE_OPENMIND_HUB", "1", "USE_MODELSCOPE_HUB", "1")
                        .preferred()
                        .name());
        Hubs hubs = hubs();
        assertSame(hubs.huggingFace(), hubs.preferred(), "a hub is made once");
    }

    @Test
    void dataSetsGoByTheKeysOfTheirEntry() {
        Hubs plain = hubs();
        assertEquals("Hugging Face", plain.dataset("a/h", "a/m", "a/o").hub().name());
        assertEquals(RepoId.dataset("a/h"), plain.dataset("a/h", "a/m", "a/o").repo());
        assertEquals("ModelScope", plain.dataset(null, "a/m", "a/o").hub().name());
        assertEquals("Modelers", plain.dataset(null, null, "a/o").hub().name());
        Hubs modelScope = hubs("USE_MODELSCOPE_HUB", "1");
        assertEquals(
                RepoId.dataset("a/m"), modelScope.dataset("a/h", "a/m", null).repo());
        assertEquals(
                "Hugging Face", modelScope.dataset("a/h", null, "a/o").hub().name());
        assertEquals("ModelScope", modelScope.dataset("a/x").hub().name());
        Hubs modelers = hubs("USE_OPENMIND_HUB", "1");
        assertEquals("Modelers", modelers.dataset("a/h", "a/m", "a/o").hub().name());
        assertFails(Kind.INVALID, () -> plain.dataset(null, null, null));
    }

    @Test
    void folderOfThatNameWinsOverTheHub() throws IOException {
        Path folder = Files.createDirectories(home.resolve("models/mine"));
        assertEquals(folder, hubs().modelFolder(folder.toString(), "main"));
        assertEquals(folder, hubs().modelFolder("~/models/mine", "main"));
        assertEquals(List.of(), bench.server.seen());
    }

    @Test
    void modelIsFetchedWithoutCopiesInOtherFormats() {
        bench.server.model("acme/small").file("config.json", "{}").file("model.safetensors", "w");
        bench.server.model("acme/small").file("pytorch_model.bin", "w").publish("main");
        Path folder = hubs().modelFolder("acme/small", "main");
        assertEquals("w", text(folder.resolve("model.safetensors")));
        assertTrue(Files.notExists(folder.resolve("pytorch_model.bin")));
    }

    @Test
    void aLoneGgufFileIsFetchedWhereThereIsNothingElse() {
        bench.server
                .model("acme/lone")
                .file("README.md", "r")
                .file("m-Q8_0.gguf", "w")
                .publish("main");
        Path folder = hubs().modelFolder("acme/lone", "main");
        assertEquals("w", text(folder.resolve("m-Q8_0.gguf")));
        bench.server.model("acme/several").file("config.json", "{}").file("m-Q8_0.gguf", "w");
        bench.server.model("acme/several").file("m-Q4_0.gguf", "w").publish("main");
        Path several = hubs().modelFolder("acme/several", "main");
        assertTrue(Files.notExists(several.resolve("m-Q8_0.gguf")));
    }

    @Test
    void picklesAreFetchedWhereThereAreNoSafetensors() {
        bench.server.model("acme/old").file("config.json", "{}").file("pytorch_model-00001-of-00001.bin", "w");
        bench.server
                .model("acme/old")
                .file("pytorch_model.bin.index.json", "{}")
                .file("training_args.bin", "w");
        bench.server.model("acme/old").file("onnx/pytorch_model.bin", "w").publish("main");
        Path folder = hubs().modelFolder("acme/old", "main");
        assertEquals("w", text(folder.resolve("pytorch_model-00001-of-00001.bin")));
        assertEquals("{}", text(folder.resolve("pytorch_model.bin.index.json")));
        assertTrue(Files.notExists(folder.resolve("training_args.bin")));
        assertTrue(Files.notExists(folder.resolve("onnx")));
    }

    @Test
    void nameOfTheListStandsForARepositoryOfTheHubThatIsAsked() {
        bench.server
                .model("bigscience/bloom-560m")
                .file("config.json", "bigscience/bloom-560m")
                .publish("main");
        bench.server
                .model("AI-ModelScope/bloom-560m")
                .file("config.json", "AI-ModelScope/bloom-560m")
                .publish("master");
        assertEquals(
                "bigscience/bloom-560m",
                text(hubs().modelFolder("BLOOM-560M", "main").resolve("config.json")));
        assertEquals(
                "AI-ModelScope/bloom-560m",
                text(hubs("USE_MODELSCOPE_HUB", "1")
                        .modelFolder("BLOOM-560M", "main")
                        .resolve("config.json")));
    }

    @Test
    void folderWinsOverAListedName() throws IOException {
        Path folder = Files.createDirectories(home.resolve("models/BLOOM-560M"));
        assertEquals(folder, hubs().modelFolder(folder.toString(), "main"));
        assertTrue(hubs().listed(folder.toString()).isEmpty());
        assertTrue(hubs().listed("BLOOM-560M").isPresent());
        assertTrue(hubs().listed("bigscience/bloom-560m").isEmpty());
    }

    @Test
    void listedModelThatTheHubLacksNamesBoth() {
        HubException failure = assertFails(Kind.TOKEN, () -> hubs().modelFolder("BLOOM-560M", "main"));
        assertTrue(failure.getMessage().contains("bigscience/bloom-560m"), failure.getMessage());
        assertTrue(failure.getMessage().contains("gives this repository for \"BLOOM-560M\""), failure.getMessage());
    }

    @Test
    void unknownNameIsAnsweredWithTheNearest() {
        HubException failure = assertFails(Kind.TOKEN, () -> hubs().modelFolder("Qwen2.5-0.5B-Instrct", "main"));
        assertTrue(
                failure.getMessage().contains("There is no folder \"Qwen2.5-0.5B-Instrct\" here"),
                failure.getMessage());
        assertTrue(failure.getMessage().contains("Did you mean \"Qwen2.5-0.5B-Instruct\""), failure.getMessage());
    }

    @Test
    void nameOfOneWordMayStillBeARepository() {
        bench.server.model("gpt2").file("config.json", "{}").publish("main");
        assertEquals("{}", text(hubs().modelFolder("gpt2", "main").resolve("config.json")));
    }

    @Test
    void nameOfNeitherFolderNorRepositoryIsExplained() {
        HubException failure = assertFails(Kind.INVALID, () -> hubs().modelFolder("./no/such/folder", "main"));
        assertTrue(failure.getMessage().contains("There is no folder \"./no/such/folder\""), failure.getMessage());
    }

    @Test
    void foldersStandInForAHub() throws IOException {
        Path repo = Files.createDirectories(home.resolve("mirror/acme/small"));
        Files.writeString(repo.resolve("config.json"), "{}");
        Hub hub = new LocalFiles(home.resolve("mirror"));
        RepoId model = RepoId.model("acme/small");
        assertEquals("{}", text(hub.file(model, "main", "config.json")));
        assertEquals(repo, hub.snapshot(model, "master", FileSelection.ALL));
        assertEquals(List.of("config.json"), hub.files(model, "main").paths());
        assertFails(Kind.FILE_NOT_FOUND, () -> hub.file(model, "main", "none"));
        assertFails(Kind.REPO_NOT_FOUND, () -> hub.files(RepoId.model("acme/none"), "main"));
        assertFails(Kind.REVISION_NOT_FOUND, () -> hub.files(model, "v1"));
    }
}
