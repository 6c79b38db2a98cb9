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
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A tiny random decoder of transformers with the logits and gradients it computed; see parity/decoder_gradients.py. */
public record GoldenDecoder(String name, Path folder) {
    private static final String ROOT = "/golden/decoder/";

    /** The cases named in {@code active.txt} beside them; a family's cases are named there once it is built. */
    public static final List<String> ALL = active();

    /** One of {@link #ALL}. Copied out of the class path, since models are mapped from files. */
    public static GoldenDecoder named(String name) {
        try {
            Path folder = Files.createTempDirectory("golden-" + name);
            for (String file : List.of(
                    "config.json", "config_old.json", "model.safetensors", "inputs.json", "expected.safetensors")) {
                copy(ROOT + name + "/" + file, folder.resolve(file));
            }
            return new GoldenDecoder(name, folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> active() {
        try (InputStream in = resource(ROOT + "active.txt")) {
            String names = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return names.lines().filter(name -> !name.isBlank()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InputStream resource(String name) throws IOException {
        InputStream in = GoldenDecoder.class.getResourceAsStream(name);
        if (in == null) {
            throw new IOException("no resource " + name);
        }
        return in;
    }

    /** Copies a resource to a file that goes away with the process. */
    public static void copy(String resource, Path target) throws IOException {
        try (InputStream in = resource(resource)) {
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
