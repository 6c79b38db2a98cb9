package dev.finetune4j.finetune.run;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.core.error.WeightException;
import dev.finetune4j.core.model.Decoder;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.weights.Disk;
import dev.finetune4j.core.weights.Parameter;
import dev.finetune4j.core.weights.SafetensorsWriter;
import dev.finetune4j.core.weights.SafetensorsWriter.Item;
import dev.finetune4j.data.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * Writes a whole model as Hugging Face's libraries read it: weights in the dtype that its {@code config.json} names, the
 * config, and how it generates. One tensor is converted at a time.
 */
final class ModelFolder {
    /** Largest weight file, as transformers 4 splits by default. */
    private static final long SHARD_BYTES = 5_000_000_000L;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Decoder decoder;
    private final Path base;
    private final Tokenizer tokenizer;

    /**
     * @param base folder of the model that the run started from, whose {@code generation_config.json} is kept
     */
    ModelFolder(Decoder decoder, Path base, Tokenizer tokenizer) {
        this.decoder = decoder;
        this.base = base;
        this.tokenizer = tokenizer;
    }

    /** Bytes of the weights. */
    long bytes() {
        return items().stream().mapToLong(Item::bytes).sum();
    }

    void write(Path folder) {
        new SafetensorsWriter(Disk.DEFAULT).writeSharded(folder, "model", items(), SHARD_BYTES);
        try {
            Disk.DEFAULT.replace(folder.resolve("config.json"), json(config()));
            Disk.DEFAULT.replace(folder.resolve("generation_config.json"), generation());
        } catch (IOException e) {
            throw new WeightException(
                    folder + ": the model's config cannot be written: " + e.getMessage()
                            + ". Free space or choose another output_dir.",
                    e);
        }
    }

    private List<Item> items() {
        List<Item> items = new ArrayList<>();
        for (Parameter parameter : decoder.parameters().all()) {
            DType dtype = stored(parameter);
            items.add(new Item(parameter.name(), dtype, parameter.shape(), () -> Torch.to(parameter.value(), dtype)));
        }
        return items;
    }

    /**
     * Trainable parameters are raised to fp32 while they train; the file holds what the config says, as the model came.
     */
    private DType stored(Parameter parameter) {
        DType dtype = decoder.config().storedDType();
        return dtype.isFloating() ? dtype : parameter.dtype();
    }

    private ObjectNode config() {
        ObjectNode config = decoder.config().raw().deepCopy();
        config.remove("torch_dtype");
        config.put("dtype", decoder.config().storedDType().configName());
        config.put("use_cache", true);
        config.put(
                "tie_word_embeddings",
                decoder.parameters().ties().containsKey(decoder.config().names().head() + ".weight"));
        return config;
    }

    private byte[] generation() throws IOException {
        Path original = base.resolve("generation_config.json");
        if (Files.isRegularFile(original)) {
            return Files.readAllBytes(original);
        }
        ObjectNode generation = JSON.createObjectNode().put("_from_model_config", true);
        put(generation, "bos_token_id", tokenizer.bosId());
        put(generation, "eos_token_id", tokenizer.eosId());
        put(generation, "pad_token_id", tokenizer.padId());
        return json(generation);
    }

    private static void put(ObjectNode node, String key, OptionalInt id) {
        if (id.isPresent()) {
            node.put(key, id.getAsInt());
        }
    }

    /** Two blanks a level, as Python lays JSON out. */
    static byte[] json(ObjectNode node) {
        try {
            DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
            printer.indentObjectsWith(new DefaultIndenter("  ", "\n"));
            return (JSON.writer(printer).writeValueAsString(node) + "\n")
                    .getBytes(java.nio.charset.StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("a JSON tree cannot be printed", e);
        }
    }
}
