package dev.finetune4j.adapters;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.finetune4j.core.batch.TokenBatch;
import dev.finetune4j.core.batch.TokenRow;
import dev.finetune4j.core.model.Decoder;
import dev.finetune4j.core.model.attention.FusedAttention;
import dev.finetune4j.core.model.build.DecoderLoader;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.runtime.ComputePolicy;
import dev.finetune4j.core.runtime.Device;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The models of two layers that the golden adapter folders belong to, and their rows. */
public final class Tiny {
    private Tiny() {}

    /** A folder below {@code golden/peft}. */
    public static Path folder(String name) {
        try {
            return Path.of(Tiny.class.getResource("/golden/peft/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A fresh copy of {@code llama} or {@code qwen2}, computing in fp32. */
    public static Decoder model(String name) {
        return model(name, ComputePolicy.FP32);
    }

    public static Decoder model(String name, ComputePolicy policy) {
        Path folder = folder(name + "/base");
        return new DecoderLoader(ConfigFile.open(folder).read(), policy, new FusedAttention(), Device.CPU).load(folder);
    }

    /** The rows that the golden logits and gradients were computed on. */
    public static List<TokenRow> rows(String name) {
        try {
            List<TokenRow> rows = new ArrayList<>();
            for (JsonNode row : new ObjectMapper()
                    .readTree(Files.readString(folder(name + "/inputs.json")))
                    .get("rows")) {
                rows.add(TokenRow.of(ints(row.get("input_ids")), ints(row.get("labels")), rows.size()));
            }
            return rows;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static TokenBatch batch(String name) {
        return new TokenBatch(rows(name));
    }

    private static int[] ints(JsonNode list) {
        int[] values = new int[list.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = list.get(i).asInt();
        }
        return values;
    }
}
