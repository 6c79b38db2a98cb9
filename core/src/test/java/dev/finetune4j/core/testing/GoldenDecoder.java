package dev.finetune4j.core.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.finetune4j.core.batch.TokenBatch;
import dev.finetune4j.core.batch.TokenRow;
import dev.finetune4j.core.model.Decoder;
import dev.finetune4j.core.model.attention.AttentionKernel;
import dev.finetune4j.core.model.build.DecoderLoader;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.runtime.ComputePolicy;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.weights.SafetensorsFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A tiny random decoder of transformers with the logits and gradients it computed; see parity/decoder_gradients.py. */
public record GoldenDecoder(String name, Path folder) {
    public static final List<String> ALL = List.of(
            "llama",
            "llama_biases",
            "llama_rope_linear",
            "llama_rope_dynamic",
            "llama_rope_yarn",
            "llama_rope_llama3",
            "mistral_window",
            "qwen2",
            "qwen3");

    /** One of {@link #ALL}. Copied out of the class path, since models are mapped from files. */
    public static GoldenDecoder named(String name) {
        try {
            Path folder = Files.createTempDirectory("golden-" + name);
            for (String file : List.of(
                    "config.json", "config_old.json", "model.safetensors", "inputs.json", "expected.safetensors")) {
                copy("/golden/decoder/" + name + "/" + file, folder.resolve(file));
            }
            return new GoldenDecoder(name, folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Copies a resource to a file that goes away with the process. */
    public static void copy(String resource, Path target) throws IOException {
        try (java.io.InputStream in = GoldenDecoder.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException("no resource " + resource);
            }
            Files.copy(in, target);
        }
        // The last registered goes first, and a folder goes only when it is empty.
        target.getParent().toFile().deleteOnExit();
        target.toFile().deleteOnExit();
    }

    public Decoder load(ComputePolicy policy, AttentionKernel kernel) {
        return new DecoderLoader(ConfigFile.open(folder).read(), policy, kernel, Device.CPU).load(folder);
    }

    public SafetensorsFile expected() {
        return SafetensorsFile.open(folder.resolve("expected.safetensors"));
    }

    /** Its rows, of uneven lengths. */
    public List<TokenRow> rows() {
        try {
            JsonNode root = new ObjectMapper().readTree(Files.readString(folder.resolve("inputs.json")));
            List<TokenRow> rows = new ArrayList<>();
            for (JsonNode row : root.path("rows")) {
                rows.add(TokenRow.of(ints(row.path("input_ids")), ints(row.path("labels")), rows.size()));
            }
            return rows;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public TokenBatch batch() {
        return new TokenBatch(rows());
    }

    private static int[] ints(JsonNode array) {
        int[] values = new int[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).intValue();
        }
        return values;
    }
}
