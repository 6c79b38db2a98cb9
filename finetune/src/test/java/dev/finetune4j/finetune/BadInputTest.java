package dev.finetune4j.finetune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.core.error.CheckpointException;
import dev.finetune4j.core.error.ConfigException;
import dev.finetune4j.core.error.DataException;
import dev.finetune4j.core.error.FineTuneException;
import dev.finetune4j.core.error.HubException;
import dev.finetune4j.core.error.TemplateException;
import dev.finetune4j.core.error.UnsupportedException;
import dev.finetune4j.core.error.WeightException;
import dev.finetune4j.core.runtime.Scope;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What users get wrong: each is one clear error, and leaves neither files nor native memory behind. */
@Tag("e2e")
class BadInputTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    private TinyWorld world;

    @BeforeEach
    void makeWorld() {
        world = TinyWorld.in(folder);
    }

    /** Runs a draft whose output folder is {@code out}, and returns the one error. */
    private <E extends FineTuneException> String refused(Class<E> kind, FineTuneBuilder draft, String... parts)
            throws IOException {
        long before = Scope.liveObjects();
        E failure = assertThrows(kind, () -> draft.build().run());
        for (String part : parts) {
            assertTrue(failure.getMessage().contains(part), part + " is missing in: " + failure.getMessage());
        }
        assertEquals(List.of(), written(), "files were left behind");
        assertTrue(Scope.liveObjects() <= before + LOADED_ONCE, "native objects were left behind");
        return failure.getMessage();
    }

    /** Handles of operators that the first run of the process loads. */
    private static final long LOADED_ONCE = 64;

    private List<String> written() throws IOException {
        if (!Files.isDirectory(world.out("out"))) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(world.out("out"))) {
            return files.filter(Files::isRegularFile).map(Path::toString).toList();
        }
    }

    @Test
    void allProblemsOfAFileAreOneError() throws IOException {
        Path yaml = folder.resolve("run.yaml");
        Files.writeString(yaml, "lora_rnk: 4\nlearning_rate: fast\nmask_history: true\ntrain_on_prompt: true\n");
        String message = refused(
                ConfigException.class,
                world.draft("out").yaml(yaml),
                "\"lora_rnk\" (" + yaml + ":1)",
                "lora_rank",
                "learning_rate (" + yaml + ":2)",
                "mask_history (" + yaml + ":3)");
        assertEquals(3, message.lines().count(), message);
    }

    @Test
    void brokenYamlIsNamedWithItsLine() throws IOException {
        Path yaml = folder.resolve("run.yaml");
        Files.writeString(yaml, "stage: sft\ndataset: [a, b\nlora_rank: 4\n");
        ConfigException failure =
                assertThrows(ConfigException.class, () -> world.draft("out").yaml(yaml));
        assertTrue(failure.getMessage().contains(yaml.toString()), failure.getMessage());
    }

    @Test
    void missingModelFolder() throws IOException {
        refused(HubException.class, world.draft("out").model("no/such/model"), "no/such/model", "There is no folder");
    }

    @Test
    void configWithoutANeededKey() throws IOException {
        edit(world.model().resolve("config.json"), config -> config.remove("hidden_size"));
        refused(WeightException.class, world.draft("out"), "config.json", "\"hidden_size\" is missing");
    }

    @Test
    void unknownFamily() throws IOException {
        edit(world.model().resolve("config.json"), config -> config.put("model_type", "mamba"));
        refused(UnsupportedException.class, world.draft("out"), "mamba", "llama");
    }

    @Test
    void missingWeights() throws IOException {
        Files.delete(world.model().resolve("model.safetensors"));
        refused(WeightException.class, world.draft("out"), world.model().toString(), "safetensors");
    }

    @Test
    void missingShard() throws IOException {
        Path weights = world.model().resolve("model.safetensors");
        Files.move(weights, world.model().resolve("model-00001-of-00002.safetensors"));
        ObjectNode index = JSON.createObjectNode();
        index.putObject("weight_map")
                .put("model.embed_tokens.weight", "model-00001-of-00002.safetensors")
                .put("lm_head.weight", "model-00002-of-00002.safetensors");
        Files.writeString(world.model().resolve("model.safetensors.index.json"), index.toString());
        refused(WeightException.class, world.draft("out"), "model-00002-of-00002.safetensors");
    }

    @Test
    void truncatedWeights() throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(weights().toFile(), "rw")) {
            file.setLength(file.length() - 1000);
        }
        refused(WeightException.class, world.draft("out"), "model.safetensors");
    }

    @Test
    void headerThatLies() throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(weights().toFile(), "rw")) {
            file.write(new byte[] {-1, -1, -1, 127});
        }
        refused(WeightException.class, world.draft("out"), "model.safetensors");
    }

    @Test
    void everyTensorThatDoesNotFitIsNamed() throws IOException {
        edit(
                world.model().resolve("config.json"),
                config -> config.put("intermediate_size", 64).put("num_hidden_layers", 3));
        refused(
                WeightException.class,
                world.draft("out"),
                "model.layers.0.mlp.gate_proj.weight: expected [64, 32], found [48, 32]",
                "missing: model.layers.2.input_layernorm.weight");
    }

    @Test
    void missingDataSet() throws IOException {
        refused(DataException.class, world.draft("out").dataset("chat"), "chat", "chats");
    }

    @Test
    void malformedJsonIsNamedWithFileAndLine() throws IOException {
        Files.writeString(
                world.data().resolve("chats.json"),
                "[\n{\"instruction\": \"a\", \"output\": \"b\"},\n{\"instruction\": }\n]");
        refused(DataException.class, world.draft("out"), "chats.json:3");
    }

    @Test
    void missingColumn() throws IOException {
        Files.writeString(world.data().resolve("chats.json"), "[{\"instruction\": \"a\", \"answer\": \"b\"}]");
        refused(DataException.class, world.draft("out"), "chats.json", "output");
    }

    @Test
    void wrongRole() throws IOException {
        ObjectNode catalog = (ObjectNode)
                JSON.readTree(world.data().resolve("dataset_info.json").toFile());
        catalog.putObject("talks").put("file_name", "talks.json").put("formatting", "sharegpt");
        Files.writeString(world.data().resolve("dataset_info.json"), catalog.toString());
        Files.writeString(
                world.data().resolve("talks.json"),
                "[{\"conversations\": [{\"from\": \"robot\", \"value\": \"a\"}, {\"from\": \"gpt\", \"value\": \"b\"}]}]");
        refused(DataException.class, world.draft("out").dataset("talks"), "talks.json", "robot");
    }

    @Test
    void emptyDataSet() throws IOException {
        Files.writeString(world.data().resolve("chats.json"), "[]");
        refused(DataException.class, world.draft("out"), "chats");
    }

    @Test
    void cutoffThatLeavesNothingToTrain() throws IOException {
        refused(DataException.class, world.draft("out").cutoffLen(1), "cutoff_len");
    }

    @Test
    void unknownTemplate() throws IOException {
        refused(TemplateException.class, world.draft("out").template("chatmll"), "chatmll", "chatml");
    }

    @Test
    void adapterThatDoesNotFit() throws IOException {
        world.draft("adapter").build().run();
        edit(world.model().resolve("config.json"), config -> config.put("intermediate_size", 64));
        TinyWorld.writeWeights(world.model(), 7);
        refused(
                WeightException.class,
                world.draft("out").set("adapter_name_or_path", world.out("adapter")),
                world.out("adapter").toString(),
                "gate_proj");
    }

    @Test
    void finishedRunIsLeftAlone() throws IOException {
        world.draft("done").build().run();
        byte[] before = world.result("done", "adapter_model.safetensors");
        CheckpointException failure = assertThrows(
                CheckpointException.class, () -> world.draft("done").build().run());
        assertTrue(failure.getMessage().contains("holds a finished run"), failure.getMessage());
        assertTrue(failure.getMessage().contains("overwrite_output_dir"), failure.getMessage());
        org.junit.jupiter.api.Assertions.assertArrayEquals(before, world.result("done", "adapter_model.safetensors"));
    }

    @Test
    void resultsWithoutACheckpointAreLeftAlone() {
        world.draft("done").set("save_strategy", "no").build().run();
        CheckpointException failure = assertThrows(
                CheckpointException.class, () -> world.draft("done").build().run());
        assertTrue(failure.getMessage().contains("adapter_model.safetensors"), failure.getMessage());
    }

    @Test
    void checkpointThatIsNone() throws IOException {
        refused(
                CheckpointException.class,
                world.draft("out").set("resume_from_checkpoint", folder.resolve("checkpoint-9")),
                "checkpoint-9");
        refused(
                CheckpointException.class,
                world.draft("out").set("resume_from_checkpoint", true),
                "no complete checkpoint");
    }

    @Test
    void damagedCheckpointsArePassedOver() throws IOException {
        world.draft("out2").set("save_steps", 2).build().run();
        Files.write(world.out("out2").resolve("checkpoint-4").resolve("optimizer.safetensors"), new byte[10]);
        RunResult result = world.draft("out2").set("save_steps", 2).build().run();
        assertEquals(4, result.steps());
    }

    @Test
    void tokensOfAnotherModel() throws IOException {
        edit(world.model().resolve("config.json"), config -> config.put("vocab_size", 300));
        TinyWorld.writeWeights(world.model(), 7);
        refused(
                WeightException.class,
                world.draft("out"),
                "300 embedding rows",
                "The tokenizer has 482 ids; without a row are",
                "resize_vocab: true");
    }

    private Path weights() {
        return world.model().resolve("model.safetensors");
    }

    private interface Edit {
        void apply(ObjectNode node);
    }

    private static void edit(Path file, Edit edit) throws IOException {
        ObjectNode node = (ObjectNode) JSON.readTree(file.toFile());
        edit.apply(node);
        Files.writeString(file, node.toString());
    }
}
