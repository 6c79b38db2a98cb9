package dev.finetune4j.core.model.build;

import dev.finetune4j.core.model.config.AttentionConfig;
import dev.finetune4j.core.model.config.LatentConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Names and shapes of the tensors of latent attention, below the name of the layer, as DeepSeek's checkpoints hold them. */
final class LatentShapes {
    /** Map to queries that are made of the hidden states at once. */
    static final String QUERY = "q_proj";

    static final String NARROW_QUERY = "q_a_proj";
    static final String NARROW_QUERY_NORM = "q_a_layernorm";
    static final String WIDE_QUERY = "q_b_proj";
    static final String NARROW = "kv_a_proj_with_mqa";
    static final String NARROW_NORM = "kv_a_layernorm";
    static final String WIDE = "kv_b_proj";
    static final String OUTPUT = "o_proj";

    private LatentShapes() {}

    /** Shapes by name, in checkpoint order. */
    static Map<String, long[]> of(AttentionConfig attention, LatentConfig latent, long hidden) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        long heads = attention.heads();
        long queries = heads * latent.queryDim();
        long rank = latent.keyValueRank();
        if (latent.queryRank() == 0) {
            linear(QUERY, queries, hidden, false, shapes);
        } else {
            linear(NARROW_QUERY, latent.queryRank(), hidden, latent.bias(), shapes);
            shapes.put(NARROW_QUERY_NORM + ".weight", new long[] {latent.queryRank()});
            linear(WIDE_QUERY, queries, latent.queryRank(), false, shapes);
        }
        linear(NARROW, rank + latent.rotatedDim(), hidden, latent.bias(), shapes);
        shapes.put(NARROW_NORM + ".weight", new long[] {rank});
        linear(WIDE, heads * (latent.plainDim() + latent.valueDim()), rank, false, shapes);
        linear(OUTPUT, hidden, heads * latent.valueDim(), latent.bias(), shapes);
        return shapes;
    }

    private static void linear(String name, long out, long in, boolean bias, Map<String, long[]> shapes) {
        shapes.put(name + ".weight", new long[] {out, in});
        if (bias) {
            shapes.put(name + ".bias", new long[] {out});
        }
    }

    /** Thin maps that read the hidden states and are worth one product. */
    static List<String> neighbours(LatentConfig latent) {
        return latent.queryRank() == 0 ? List.of() : List.of(NARROW_QUERY, NARROW);
    }
}
