package dev.finetune4j.finetune;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model without tokenizer.json is tuned like one that has it. */
class RebuiltTokenizerTest {
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    private Path folder;

    private TinyWorld world;

    @BeforeEach
    void makeWorld() {
        world = TinyWorld.in(folder);
    }

    /** Puts the older files of the same tokenizer in the place of tokenizer.json. */
    private void age() throws IOException {
        Path model = world.model();
        Path older = Path.of(System.getProperty("finetune4j.root"), "data/src/test/resources/tokenizers/models");
        for (String name : List.of("vocab.json", "merges.txt")) {
            Files.copy(older.resolve(name), model.resolve(name));
        }
        Files.delete(model.resolve("tokenizer.json"));
        Path file = model.resolve("tokenizer_config.json");
        ObjectNode config = (ObjectNode) JSON.readTree(file.toFile());
        config.put("tokenizer_class", "Qwen2Tokenizer");
        config.putArray("additional_special_tokens").add("<|im_start|>");
        ObjectNode added = config.putObject("added_tokens_decoder");
        List<String> chat = List.of("<|endoftext|>", "<|im_start|>", "<|im_end|>");
        chat.forEach(token -> added.putObject(Integer.toString(479 + chat.indexOf(token)))
                .put("content", token)
                .put("normalized", false)
                .put("special", true));
        JSON.writeValue(file.toFile(), config);
    }

    private List<String> modelFiles() throws IOException {
        try (Stream<Path> files = Files.list(world.model())) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void itTrainsAlikeAndTheResultHoldsTheTokenizer() throws IOException {
        List<Map<String, Number>> due =
                TinyWorld.figures(world.draft("first").build().run());
        byte[] adapter = world.result("first", "adapter_model.safetensors");
        age();
        List<String> before = modelFiles();
        FineTuneBuilder draft = world.draft("second").set("cache_dir", folder.resolve("cache"));
        String plan = draft.build().plan().toString();
        assertTrue(plan.contains("tokenizer.json made from vocab.json and merges.txt"), plan);
        assertEquals(due, TinyWorld.figures(draft.build().run()));
        assertArrayEquals(adapter, world.result("second", "adapter_model.safetensors"));
        assertEquals(before, modelFiles(), "the model's folder is only read");
        assertEquals(
                482,
                JSON.readTree(world.result("second", "tokenizer.json"))
                                .path("model")
                                .path("vocab")
                                .size()
                        + 3);
        try (Stream<Path> cached = Files.walk(folder.resolve("cache"))) {
            assertEquals(
                    1, cached.filter(file -> file.endsWith("tokenizer.json")).count(), "made once for plan and run");
        }
    }
}
