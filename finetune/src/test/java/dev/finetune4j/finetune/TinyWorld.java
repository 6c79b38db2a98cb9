package dev.finetune4j.finetune;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.core.model.Decoder;
import dev.finetune4j.core.model.attention.AttentionKernels;
import dev.finetune4j.core.model.build.DecoderLoader;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.runtime.ComputePolicy;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.weights.Disk;
import dev.finetune4j.core.weights.SafetensorsWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/** A folder with a model of two small blocks, a tokenizer and data sets, enough for runs of a second. */
public final class TinyWorld {
    static final int ROWS = 30;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String[] WORDS = {
        "river", "stone", "north", "lamp", "seven", "quiet", "harbour", "green", "winter", "road"
    };

    private final Path folder;

    private TinyWorld(Path folder) {
        this.folder = folder;
    }

    /** Makes the world in a folder: {@code model}, and {@code data} with the sets {@code chats}, {@code held} and {@code texts}. */
    public static TinyWorld in(Path folder) {
        TinyWorld world = new TinyWorld(folder);
        try {
            Files.createDirectories(world.model());
            Files.createDirectories(world.data());
            world.writeModel("llama", false);
            world.writeData();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return world;
    }

    /** The world that {@link #in} made in a folder before. */
    static TinyWorld at(Path folder) {
        return new TinyWorld(folder);
    }

    public Path model() {
        return folder.resolve("model");
    }

    Path data() {
        return folder.resolve("data");
    }

    Path out(String name) {
        return folder.resolve(name);
    }

    /** Writes the model anew as another family, with or without a head of its own. */
    void writeModel(String family, boolean tied) throws IOException {
        ObjectNode config = JSON.createObjectNode()
                .put("model_type", family)
                .put("hidden_size", 32)
                .put("intermediate_size", 48)
                .put("num_hidden_layers", 2)
                .put("num_attention_heads", 4)
                .put("num_key_value_heads", 2)
                .put("head_dim", 8)
                .put("vocab_size", 482)
                .put("max_position_embeddings", 256)
                .put("rms_norm_eps", 1e-5)
                .put("rope_theta", 10000.0)
                .put("hidden_act", "silu")
                .put("initializer_range", 0.1)
                .put("torch_dtype", "float32")
                .put("tie_word_embeddings", tied);
        config.putArray("architectures").add("TinyForCausalLM");
        Files.writeString(model().resolve("config.json"), config.toPrettyString());
        writeWeights(model(), 7);
        Path tokenizer = Path.of(System.getProperty("finetune4j.root"), "data/src/test/resources/tokenizers/bytes");
        try (Stream<Path> files = Files.list(tokenizer)) {
            for (Path file : files.toList()) {
                Path copy = model().resolve(file.getFileName());
                Files.deleteIfExists(copy);
                Files.copy(file, copy);
            }
        }
    }

    /** Draws weights for the config in a folder. */
    static void writeWeights(Path model, long seed) {
        DecoderLoader loader = new DecoderLoader(
                ConfigFile.open(model).read(), ComputePolicy.FP32, AttentionKernels.named("fused"), Device.CPU);
        try (Decoder decoder = loader.fresh(seed)) {
            List<SafetensorsWriter.Item> items = new ArrayList<>();
            decoder.parameters().all().forEach(p -> items.add(SafetensorsWriter.Item.of(p)));
            new SafetensorsWriter(Disk.DEFAULT).write(model.resolve("model.safetensors"), items);
        }
    }

    private void writeData() throws IOException {
        ObjectNode catalog = JSON.createObjectNode();
        catalog.putObject("chats").put("file_name", "chats.json");
        catalog.putObject("held").put("file_name", "held.json");
        catalog.putObject("texts")
                .put("file_name", "texts.json")
                .putObject("columns")
                .put("prompt", "text");
        Files.writeString(data().resolve("dataset_info.json"), catalog.toPrettyString());
        Files.writeString(data().resolve("chats.json"), array(rows(ROWS, 1)).toString());
        Files.writeString(data().resolve("held.json"), array(rows(6, 2)).toString());
        ArrayNode texts = JSON.createArrayNode();
        rows(ROWS, 3).forEach(row -> texts.addObject().put("text", row.get("instruction") + " " + row.get("output")));
        Files.writeString(data().resolve("texts.json"), texts.toString());
    }

    private static ArrayNode array(List<Map<String, Object>> rows) {
        ArrayNode array = JSON.createArrayNode();
        rows.forEach(row -> array.add(JSON.valueToTree(row)));
        return array;
    }

    /** Rows of different lengths. */
    static List<Map<String, Object>> rows(int count, long seed) {
        Random random = new Random(seed);
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("instruction", words(random, 2 + random.nextInt(8)));
            row.put("output", words(random, 1 + random.nextInt(4)));
            rows.add(row);
        }
        return rows;
    }

    private static String words(Random random, int count) {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            words.add(WORDS[random.nextInt(WORDS.length)]);
        }
        return String.join(" ", words);
    }

    /** Settings that every run of this world shares, with results in a folder of the given name. */
    FineTuneBuilder draft(String out) {
        return FineTune.builder()
                .model(model().toString())
                .datasetDir(data())
                .dataset("chats")
                .template("chatml")
                .cutoffLen(64)
                .learningRate(1e-2)
                .set("max_steps", 4)
                .set("per_device_train_batch_size", 2)
                .set("gradient_accumulation_steps", 2)
                .set("logging_steps", 1)
                .set("use_cpu", true)
                .lora(lora -> lora.rank(4))
                .outputDir(out(out));
    }

    /** Bytes of a file that a run left. */
    byte[] result(String out, String file) {
        try {
            return Files.readAllBytes(out(out).resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Log entries of a run without what depends on the clock. */
    static List<Map<String, Number>> figures(RunResult result) {
        List<Map<String, Number>> figures = new ArrayList<>();
        for (Map<String, Number> entry : result.history()) {
            Map<String, Number> kept = new LinkedHashMap<>(entry);
            kept.keySet().removeIf(key -> key.contains("runtime") || key.contains("per_second"));
            figures.add(kept);
        }
        return figures;
    }
}
