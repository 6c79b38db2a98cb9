package dev.finetune4j.finetune;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.finetune4j.core.error.ConfigException;
import dev.finetune4j.core.error.DataException;
import dev.finetune4j.core.error.WeightException;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.weights.SafetensorsFile;
import dev.finetune4j.core.weights.WeightSource;
import dev.finetune4j.data.tokenizer.HuggingFaceTokenizer;
import dev.finetune4j.data.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokens that the settings add, from the tokenizer through the model to the result and back (P22, P23). */
class NewTokensTest {
    private static final String EMBEDDING = "model.embed_tokens.weight";
    private static final String SAVED = "base_model.model." + EMBEDDING;
    private static final String SAVED_HEAD = "base_model.model.lm_head.weight";
    private static final int STORED = 482;
    private static final int GROWN = 512;
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    private TinyWorld world;

    @BeforeEach
    void make() throws IOException {
        world = TinyWorld.in(folder);
        // A row that speaks with the new tokens.
        Path chats = world.data().resolve("chats.json");
        String rows = Files.readString(chats);
        Files.writeString(
                chats,
                rows.substring(0, rows.length() - 1)
                        + ",{\"instruction\": \"<call> river <done>\", \"output\": \"<call> stone <done>\"}]");
    }

    private FineTuneBuilder draft(String out) {
        return world.draft(out).set("add_tokens", "<call>,<done>").set("new_special_tokens", "<|note|>");
    }

    private static float[] row(Path folder, String file, String tensor, int id) {
        try (SafetensorsFile tensors = SafetensorsFile.open(folder.resolve(file));
                Scope scope = Scope.open("row")) {
            return Torch.toFloats(tensors.read(tensor).select(0, id).contiguous());
        }
    }

    private static long[] shape(Path folder, String file, String tensor) {
        try (SafetensorsFile tensors = SafetensorsFile.open(folder.resolve(file))) {
            WeightSource.Entry entry = tensors.entries().get(tensor);
            return entry == null ? new long[0] : entry.shape();
        }
    }

    private static JsonNode json(Path file) throws IOException {
        return JSON.readTree(Files.readString(file));
    }

    @Test
    void thePlanSaysWhatTheTokensChange() {
        String plan = draft("out").build().plan().toString();
        assertTrue(plan.contains("embedding of 482 rows grows to 512 for 485 tokens"), plan);
        assertTrue(plan.contains("3 new tokens: <call>, <done>, <|note|>"), plan);
        assertTrue(plan.contains("and all of embed_tokens, lm_head"), plan);
        assertTrue(plan.contains("vocabulary 512"), plan);
    }

    @Test
    void anAdapterHoldsTheTablesAndTheTokenizer() throws IOException {
        draft("out").build().run();
        Path out = world.out("out");
        assertArrayEquals(new long[] {GROWN, 32}, shape(out, "adapter_model.safetensors", SAVED));
        assertArrayEquals(new long[] {GROWN, 32}, shape(out, "adapter_model.safetensors", SAVED_HEAD));
        try (Tokenizer tokenizer = HuggingFaceTokenizer.load(out)) {
            assertArrayEquals(new int[] {482, 483, 484}, tokenizer.encode("<call><done><|note|>"));
        }
        assertEquals(
                List.of("embed_tokens", "lm_head"),
                JSON.convertValue(json(out.resolve("adapter_config.json")).path("modules_to_save"), List.class));
    }

    /** P22: train, load, continue with three new tokens, no manual step, on the plain base. */
    @Test
    void trainingGoesOnFromTheAdapterOnThePlainBase() {
        RunResult first = draft("first").build().run();
        RunResult more = world.draft("more")
                .set("adapter_name_or_path", world.out("first").toString())
                .set("learning_rate", 0)
                .build()
                .run();
        assertArrayEquals(
                row(world.out("first"), "adapter_model.safetensors", SAVED, 483),
                row(world.out("more"), "adapter_model.safetensors", SAVED, 483));
        assertArrayEquals(new long[] {GROWN, 32}, shape(world.out("more"), "adapter_model.safetensors", SAVED_HEAD));
        double begun = first.history().get(0).get("loss").doubleValue();
        double left = more.history().get(0).get("loss").doubleValue();
        assertTrue(left < begun, left + " after " + begun);
    }

    @Test
    void tokensNamedAgainKeepWhatTheAdapterLearned() {
        draft("first").build().run();
        draft("more")
                .set("adapter_name_or_path", world.out("first").toString())
                .set("add_special_tokens", "<|later|>")
                .set("new_special_tokens", null)
                .set("learning_rate", 0)
                .build()
                .run();
        assertArrayEquals(
                row(world.out("first"), "adapter_model.safetensors", SAVED, 482),
                row(world.out("more"), "adapter_model.safetensors", SAVED, 482));
        try (Tokenizer tokenizer = HuggingFaceTokenizer.load(world.out("more"))) {
            assertArrayEquals(new int[] {484, 485}, tokenizer.encode("<|note|><|later|>"));
        }
        // The new one begins anew, in a row that the adapter had as padding.
        float[] padding = row(world.out("first"), "adapter_model.safetensors", SAVED, 485);
        float[] begun = row(world.out("more"), "adapter_model.safetensors", SAVED, 485);
        assertFalse(java.util.Arrays.equals(padding, begun));
    }

    /** P23: head and embedding stay one matrix. */
    @Test
    void aTiedModelStaysTied() throws IOException {
        world.writeModel("llama", true);
        draft("tied").build().run();
        Path out = world.out("tied");
        assertArrayEquals(
                row(out, "adapter_model.safetensors", SAVED, 483),
                row(out, "adapter_model.safetensors", SAVED_HEAD, 483));
        assertTrue(json(out.resolve("adapter_config.json"))
                .path("ensure_weight_tying")
                .asBoolean());
        world.draft("more")
                .set("adapter_name_or_path", out.toString())
                .set("learning_rate", 0)
                .build()
                .run();
        assertArrayEquals(
                row(out, "adapter_model.safetensors", SAVED, 483),
                row(world.out("more"), "adapter_model.safetensors", SAVED, 483));
    }

    @Test
    void aWholeModelIsSavedWithItsRows() throws IOException {
        draft("full").full().build().run();
        Path out = world.out("full");
        assertEquals(GROWN, json(out.resolve("config.json")).path("vocab_size").intValue());
        assertArrayEquals(new long[] {GROWN, 32}, shape(out, "model.safetensors", EMBEDDING));
        // What was saved is a model like any other, whose tokens are no longer new.
        String plan = draft("again").model(out.toString()).build().plan().toString();
        assertFalse(plan.contains("new tokens"), plan);
        assertFalse(plan.contains("grows"), plan);
    }

    @Test
    void aTokenMayFallIntoPadding() throws IOException {
        pad(world.model(), 500);
        String plan = draft("padded").build().plan().toString();
        assertFalse(plan.contains("grows"), plan);
        assertTrue(plan.contains("3 new tokens"), plan);
        draft("padded").set("learning_rate", 0).build().run();
        Path out = world.out("padded");
        assertArrayEquals(new long[] {500, 32}, shape(out, "adapter_model.safetensors", SAVED));
        assertFalse(java.util.Arrays.equals(
                row(world.model(), "model.safetensors", EMBEDDING, 482),
                row(out, "adapter_model.safetensors", SAVED, 482)));
        assertArrayEquals(
                row(world.model(), "model.safetensors", EMBEDDING, 490),
                row(out, "adapter_model.safetensors", SAVED, 490));
    }

    private static void pad(Path model, int rows) throws IOException {
        Path config = model.resolve("config.json");
        Files.writeString(config, Files.readString(config).replace("\"vocab_size\" : 482", "\"vocab_size\" : " + rows));
        TinyWorld.writeWeights(model, 7);
    }

    @Test
    void rowsThatDoNotTrainAreSaidAndCarriedAlong() {
        FineTuneBuilder draft = draft("carried").set("additional_target", "norm");
        String plan = draft.build().plan().toString();
        assertTrue(plan.contains("do not train"), plan);
        assertTrue(plan.contains("additional_target"), plan);
        draft.build().run();
        assertArrayEquals(new long[] {GROWN, 32}, shape(world.out("carried"), "adapter_model.safetensors", SAVED));
        world.draft("more")
                .set("adapter_name_or_path", world.out("carried").toString())
                .set("learning_rate", 0)
                .build()
                .run();
        assertArrayEquals(
                row(world.out("carried"), "adapter_model.safetensors", SAVED, 484),
                row(world.out("more"), "adapter_model.safetensors", SAVED, 484));
    }

    @Test
    void descriptionsAreReadFromTheirFile() throws IOException {
        Path file = folder.resolve("tokens.yaml");
        Files.writeString(file, "\"<|note|>\": green river\n\"<|lamp|>\": a lamp\n");
        world.draft("described")
                .set("new_special_tokens_config", file.toString())
                .set("init_special_tokens", "desc_init")
                .set("learning_rate", 0)
                .build()
                .run();
        int[] words;
        try (Tokenizer tokenizer = HuggingFaceTokenizer.load(world.model())) {
            words = tokenizer.encode("green river");
        }
        float[] mean = new float[32];
        for (int word : words) {
            float[] row = row(world.model(), "model.safetensors", EMBEDDING, word);
            for (int i = 0; i < mean.length; i++) {
                mean[i] += row[i] / words.length;
            }
        }
        assertArrayEquals(mean, row(world.out("described"), "adapter_model.safetensors", SAVED, 482), 1e-6f);
    }

    @Test
    void aRunThatIsTakenUpDrawsTheSameRows() throws IOException {
        draft("whole").set("save_steps", 2).build().run();
        Path half = world.out("whole").resolve("checkpoint-2");
        draft("resumed").set("resume_from_checkpoint", half.toString()).build().run();
        assertArrayEquals(
                Files.readAllBytes(world.out("whole").resolve("adapter_model.safetensors")),
                Files.readAllBytes(world.out("resumed").resolve("adapter_model.safetensors")));
    }

    @Test
    void anAdapterOfAnotherTokenizerIsRefused() throws IOException {
        draft("first").build().run();
        Path tokenizer = world.out("first").resolve("tokenizer.json");
        Files.writeString(tokenizer, Files.readString(tokenizer).replace("\"id\" : 484", "\"id\" : 486"));
        DataException e = assertThrows(
                DataException.class,
                () -> world.draft("more")
                        .set("adapter_name_or_path", world.out("first").toString())
                        .build()
                        .plan());
        assertTrue(e.getMessage().contains("<|note|>") && e.getMessage().contains("486"), e.getMessage());
    }

    @Test
    void moreTokensThanAnAdaptersRowsAreRefused() {
        draft("first").build().run();
        StringBuilder many = new StringBuilder("<call>");
        for (int i = 0; i < 40; i++) {
            many.append(",<t").append(i).append('>');
        }
        WeightException e = assertThrows(
                WeightException.class,
                () -> world.draft("more")
                        .set("adapter_name_or_path", world.out("first").toString())
                        .set("add_tokens", many.toString())
                        .build()
                        .plan());
        assertTrue(e.getMessage().contains("512 rows"), e.getMessage());
    }

    @Test
    void anAdapterWithoutTablesTakesNoNewTokens() {
        world.draft("plain").build().run();
        String plain = world.out("plain").toString();
        WeightException e = assertThrows(
                WeightException.class,
                () -> draft("more").set("adapter_name_or_path", plain).build().plan());
        assertTrue(e.getMessage().contains("create_new_adapter"), e.getMessage());
        draft("anew")
                .set("adapter_name_or_path", plain)
                .set("create_new_adapter", true)
                .build()
                .run();
        assertArrayEquals(new long[] {GROWN, 32}, shape(world.out("anew"), "adapter_model.safetensors", SAVED));
    }

    @Test
    void descriptionFilesThatAreNoneAreRefused() throws IOException {
        Map<String, String> files = Map.of(
                "list.yaml", "- <a>\n- <b>\n",
                "empty.yaml", "",
                "nested.yaml", "<a>: {b: c}\n",
                "blank.yaml", "<a>:\n");
        for (Map.Entry<String, String> file : files.entrySet()) {
            Path path = folder.resolve(file.getKey());
            Files.writeString(path, file.getValue());
            String message = refusal(path);
            assertTrue(message.contains("new_special_tokens_config") && message.contains(file.getKey()), message);
        }
        assertTrue(refusal(folder.resolve("none.yaml")).contains("does not exist"));
    }

    private String refusal(Path file) {
        return assertThrows(
                        ConfigException.class,
                        () -> world.draft("refused")
                                .set("new_special_tokens_config", file.toString())
                                .set("init_special_tokens", "desc_init")
                                .build()
                                .plan())
                .getMessage();
    }
}
