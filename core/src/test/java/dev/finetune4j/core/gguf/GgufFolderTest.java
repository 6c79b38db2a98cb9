package dev.finetune4j.core.gguf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.finetune4j.core.error.UnsupportedException;
import dev.finetune4j.core.error.WeightException;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.testing.GoldenDecoder;
import dev.finetune4j.core.testing.RawGguf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufFolderTest {
    private static final GgufFolder.Extras NONE = (metadata, folder) -> {};

    @TempDir
    Path folder;

    private Path file;
    private Path cache;

    @BeforeEach
    void copyModel() throws IOException {
        file = folder.resolve("Tiny Model.Q8_0.gguf");
        cache = folder.resolve("cache");
        GoldenDecoder.copy("/golden/gguf/models/llama_q8_0.gguf", file);
    }

    @Test
    void folderOfAFileIsReadAsAnyModelFolder() throws IOException {
        Path made = GgufFolder.prepare(file, cache, NONE);
        assertEquals(32, ConfigFile.open(made).read().sizes().hidden());
        assertEquals(40, ConfigFile.open(made).read().sizes().vocabulary());
        JsonNode generation = new ObjectMapper().readTree(Files.readString(made.resolve("generation_config.json")));
        assertEquals("[2,3]", generation.get("eos_token_id").toString());
        assertEquals(Optional.of(file.toRealPath()), GgufFolder.file(made));
        assertTrue(made.startsWith(cache) && made.getFileName().toString().startsWith("Tiny_Model.Q8_0-"));
    }

    @Test
    void folderIsMadeOncePerContentOfTheFile() throws IOException {
        List<String> calls = new ArrayList<>();
        GgufFolder.Extras extras = (metadata, target) -> calls.add(metadata.text("general.architecture"));
        Path first = GgufFolder.prepare(file, cache, extras);
        assertEquals(first, GgufFolder.prepare(file, cache, extras));
        assertEquals(List.of("llama"), calls);
        Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000));
        assertNotEquals(first, GgufFolder.prepare(file, cache, extras));
        assertEquals(2, calls.size());
    }

    @Test
    void failureLeavesNothingBehind() throws IOException {
        GgufFolder.Extras failing = (metadata, target) -> {
            throw new UnsupportedException("no tokenizer");
        };
        assertThrows(UnsupportedException.class, () -> GgufFolder.prepare(file, cache, failing));
        try (Stream<Path> left = Files.list(cache.resolve("finetune4j").resolve("gguf"))) {
            assertEquals(0, left.count());
        }
    }

    @Test
    void aLoneFileOfAFolderIsItsModel() throws IOException {
        Files.writeString(folder.resolve("README.md"), "");
        Files.write(folder.resolve("mmproj-f16.gguf"), new byte[1]);
        assertEquals(Optional.of(file), GgufFolder.file(folder));
        assertEquals(Optional.of(file), GgufFolder.file(file));
        Files.write(folder.resolve("b.gguf"), new byte[1]);
        String message = assertThrows(WeightException.class, () -> GgufFolder.file(folder))
                .getMessage();
        assertTrue(message.contains("Tiny Model.Q8_0.gguf, b.gguf"), message);
        Files.write(folder.resolve("model.safetensors"), new byte[1]);
        assertEquals(Optional.empty(), GgufFolder.file(folder));
        assertEquals(Optional.empty(), GgufFolder.file(folder.resolve("README.md")));
        assertEquals(Optional.empty(), GgufFolder.file(folder.resolve("absent")));
    }

    @Test
    void aFileWithoutTheEndingIsKnownByItsBeginning() throws IOException {
        // Ollama's blobs are named by their hashes.
        Path blob = Files.copy(file, folder.resolve("sha256-abc"));
        assertEquals(Optional.of(blob), GgufFolder.file(blob));
    }

    @Test
    void aPointerToAFileThatIsGoneIsNamed() throws IOException {
        Path made = GgufFolder.prepare(file, cache, NONE);
        Files.delete(file);
        String message =
                assertThrows(WeightException.class, () -> GgufFolder.file(made)).getMessage();
        assertTrue(message.contains("gguf.json") && message.contains("model_name_or_path"), message);
        Files.writeString(made.resolve("gguf.json"), "{");
        assertThrows(WeightException.class, () -> GgufFolder.file(made));
    }

    @Test
    void filesThatAreNoWholeModelAreRefused() {
        refused(RawGguf.of("mamba"), UnsupportedException.class, "mamba", "llama, ", "qwen3moe");
        refused(RawGguf.of("llama").text("general.type", "adapter"), WeightException.class, "adapter");
        refused(RawGguf.of("llama").integer("split.count", 3), UnsupportedException.class, "3 files", "--merge");
        refused(RawGguf.of("llama"), WeightException.class, "token_embd.weight");
        refused(
                model("olmo2").integer("olmo2.attention.sliding_window", 9),
                UnsupportedException.class,
                "sliding_window");
        refused(model("llama"), WeightException.class, "llama.embedding_length");
        refused(
                model("llama").floats("blk.0.ssm_a", new long[] {1}, 1),
                WeightException.class,
                "blk.0.ssm_a",
                "llama model");
        refused(
                model("qwen2").text("qwen2.embedding_length", "x"),
                WeightException.class,
                "qwen2.embedding_length",
                "\"x\"");
    }

    private static RawGguf model(String architecture) {
        return RawGguf.of(architecture).floats("token_embd.weight", new long[] {1, 2}, 1, 2);
    }

    private void refused(RawGguf content, Class<? extends RuntimeException> type, String... words) {
        Path bad = content.write(folder.resolve("bad.gguf"));
        String message =
                assertThrows(type, () -> GgufFolder.prepare(bad, cache, NONE)).getMessage();
        assertTrue(message.startsWith(folder.toString()), message);
        for (String word : words) {
            assertTrue(message.contains(word), message + " says " + word);
        }
    }
}
