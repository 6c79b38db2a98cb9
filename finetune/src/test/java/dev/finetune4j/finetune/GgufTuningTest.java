package dev.finetune4j.finetune;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.finetune4j.core.error.WeightException;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.testing.RawGguf;
import dev.finetune4j.core.weights.SafetensorsFile;
import dev.finetune4j.core.weights.WeightSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A GGUF file is tuned like the folder it was made of. */
class GgufTuningTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Map<String, String> NAMES = Map.ofEntries(
            Map.entry("model.embed_tokens.", "token_embd."),
            Map.entry("model.norm.", "output_norm."),
            Map.entry("lm_head.", "output."),
            Map.entry("model.layers.", "blk."),
            Map.entry("self_attn.o_proj", "attn_output"),
            Map.entry("self_attn.", "attn_"),
            Map.entry("post_attention_layernorm", "ffn_norm"),
            Map.entry("input_layernorm", "attn_norm"),
            Map.entry("mlp.", "ffn_"),
            Map.entry("_proj", ""));

    @TempDir
    private Path folder;

    private TinyWorld world;
    private Path file;

    @BeforeEach
    void makeFile() throws IOException {
        world = TinyWorld.in(folder);
        world.writeModel("qwen2", false);
        Files.createDirectories(folder.resolve("lone"));
        file = folder.resolve("lone").resolve("tiny.gguf");
        RawGguf content = RawGguf.of("qwen2")
                .integer("qwen2.block_count", 2)
                .integer("qwen2.context_length", 256)
                .integer("qwen2.embedding_length", 32)
                .integer("qwen2.feed_forward_length", 48)
                .integer("qwen2.attention.head_count", 4)
                .integer("qwen2.attention.head_count_kv", 2)
                .decimal("qwen2.attention.layer_norm_rms_epsilon", 1e-5f)
                .decimal("qwen2.rope.freq_base", 10000);
        addTokenizer(content);
        addWeights(content);
        content.write(file);
    }

    private void addTokenizer(RawGguf content) throws IOException {
        JsonNode kept = JSON.readTree(world.model().resolve("tokenizer.json").toFile());
        String[] tokens = new String[482];
        int[] kinds = new int[482];
        java.util.Arrays.fill(kinds, 1);
        kept.path("model")
                .path("vocab")
                .properties()
                .forEach(token -> tokens[token.getValue().intValue()] = token.getKey());
        kept.path("added_tokens").forEach(token -> {
            tokens[token.get("id").intValue()] = token.get("content").asText();
            kinds[token.get("id").intValue()] = 3;
        });
        List<String> merges = new java.util.ArrayList<>();
        kept.path("model")
                .path("merges")
                .forEach(pair ->
                        merges.add(pair.get(0).asText() + " " + pair.get(1).asText()));
        ByteBuffer types = ByteBuffer.allocate(4 * kinds.length).order(ByteOrder.LITTLE_ENDIAN);
        types.asIntBuffer().put(kinds);
        content.text("tokenizer.ggml.model", "gpt2")
                .text("tokenizer.ggml.pre", "qwen2")
                .texts("tokenizer.ggml.tokens", tokens)
                .array("tokenizer.ggml.token_type", 5, kinds.length, types.array())
                .texts("tokenizer.ggml.merges", merges.toArray(new String[0]))
                .integer("tokenizer.ggml.eos_token_id", 481)
                .integer("tokenizer.ggml.padding_token_id", 479)
                .flag("tokenizer.ggml.add_bos_token", false);
    }

    private void addWeights(RawGguf content) {
        try (Scope scope = Scope.open("test");
                SafetensorsFile weights = SafetensorsFile.open(world.model().resolve("model.safetensors"))) {
            for (String name : weights.entries().keySet()) {
                WeightSource.Entry entry =
                        Objects.requireNonNull(weights.entries().get(name));
                content.floats(renamed(name), entry.shape(), Torch.toFloats(weights.read(name)));
            }
        }
    }

    private static String renamed(String name) {
        String result = name;
        for (String part : NAMES.keySet().stream()
                .sorted((a, b) -> b.length() - a.length())
                .toList()) {
            result = result.replace(part, NAMES.get(part));
        }
        return result;
    }

    private FineTuneBuilder draft(Path model, String out) {
        return world.draft(out)
                .model(model.toString())
                .set("cache_dir", folder.resolve("cache").toString());
    }

    @Test
    void itTrainsAlikeAndTheAdapterNamesTheFile() throws IOException {
        List<Map<String, Number>> due =
                TinyWorld.figures(world.draft("first").build().run());
        String plan = draft(file, "second").build().plan().text();
        assertTrue(plan.contains("weights, config and tokenizer read from " + file), plan);
        assertEquals(due, TinyWorld.figures(draft(file, "second").build().run()));
        assertArrayEquals(
                world.result("first", "adapter_model.safetensors"),
                world.result("second", "adapter_model.safetensors"));
        JsonNode config = JSON.readTree(world.result("second", "adapter_config.json"));
        assertEquals(file.toString(), config.path("base_model_name_or_path").asText());
        assertTrue(Files.isRegularFile(world.out("second").resolve("tokenizer.json")));
        try (Stream<Path> beside = Files.list(file.getParent())) {
            assertEquals(1, beside.count(), "the file's folder is only read");
        }
    }

    @Test
    void underCompatTheTokenizerIsAnotherFolderAndThePlanSaysWhatItIs() throws IOException {
        String own = draft(file, "own").build().plan().text();
        assertFalse(own.contains("tokenizer.json made from"), own);
        String plan = draft(file, "compat")
                .set("compat", "llamafactory")
                .build()
                .plan()
                .text();
        assertTrue(plan.contains("tokenizer.json made from the metadata as transformers 5.6 reads them"), plan);
        // Transformers takes <|endoftext|> for the end of every Qwen, whatever the file says.
        Set<String> ends = new TreeSet<>();
        try (Stream<Path> made = Files.list(folder.resolve("cache/finetune4j/gguf"))) {
            for (Path one : made.toList()) {
                ends.add(JSON.readTree(one.resolve("tokenizer_config.json").toFile())
                        .path("eos_token")
                        .asText());
            }
        }
        assertEquals(Set.of("<|endoftext|>", "<|im_end|>"), ends);
    }

    @Test
    void aFolderWithOneSuchFileIsTheSameModel() throws IOException {
        draft(file.getParent(), "folder").build().run();
        JsonNode config = JSON.readTree(world.result("folder", "adapter_config.json"));
        assertEquals(
                file.getParent().toString(),
                config.path("base_model_name_or_path").asText());
    }

    @Test
    void wholeModelsComeOutAsFolders() throws IOException {
        draft(file, "whole").set("finetuning_type", "full").build().run();
        JsonNode config = JSON.readTree(world.result("whole", "config.json"));
        assertEquals("qwen2", config.path("model_type").asText());
        assertEquals("float32", config.path("dtype").asText());
        assertEquals(
                481,
                JSON.readTree(world.result("whole", "generation_config.json"))
                        .path("eos_token_id")
                        .intValue());
        assertFalse(Files.exists(world.out("whole").resolve("gguf.json")));
        draft(world.out("whole"), "again").build().run();
    }

    @Test
    void aDamagedFileIsNamed() throws IOException {
        byte[] content = Files.readAllBytes(file);
        Files.write(file, java.util.Arrays.copyOf(content, content.length - 100));
        String message = assertThrows(
                        WeightException.class, () -> draft(file, "none").build().run())
                .getMessage();
        assertTrue(message.contains("tiny.gguf") && message.contains("past the end"), message);
    }
}
