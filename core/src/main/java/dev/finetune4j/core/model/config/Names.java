package dev.finetune4j.core.model.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the tensors of a family's checkpoints are called, which is what its parameters are called here.
 *
 * @param embedding the token embedding
 * @param positions the learned position embedding; null for none
 * @param embeddingNorm norm behind the embedding; null for none
 * @param blocks the list of blocks
 * @param attention maps of attention, below a block
 * @param feedForward maps of the feed-forward layer, below a block
 * @param finalNorm the norm before the head
 * @param head the map to the vocabulary
 * @param basePrefix what files of the bare model leave out, such as {@code model.}
 * @param ignored regular expressions of tensors that a file may hold and no model needs
 */
public record Names(
        String embedding,
        @Nullable String positions,
        @Nullable String embeddingNorm,
        String blocks,
        Attention attention,
        FeedForward feedForward,
        String finalNorm,
        String head,
        String basePrefix,
        List<String> ignored) {

    public Names {
        ignored = List.copyOf(ignored);
    }

    /**
     * Maps of attention; where one map serves q, k and v, {@code q} is its name and {@code k} and {@code v} have no meaning.
     *
     * @param module the whole layer
     * @param queryNorm norm of q, below {@code module}
     * @param keyNorm norm of k, below {@code module}
     */
    public record Attention(String module, String q, String k, String v, String o, String queryNorm, String keyNorm) {
        public static final Attention LLAMA =
                new Attention("self_attn", "q_proj", "k_proj", "v_proj", "o_proj", "q_norm", "k_norm");
    }

    /**
     * Maps of the feed-forward layer; where one map serves gate and up, {@code gate} is its name.
     *
     * @param module the whole layer
     */
    public record FeedForward(String module, String gate, String up, String down) {
        public static final FeedForward LLAMA = new FeedForward("mlp", "gate_proj", "up_proj", "down_proj");
    }

    /** Names of Llama and most families after it. */
    public static final Names LLAMA = new Names(
            "model.embed_tokens",
            null,
            null,
            "model.layers",
            Attention.LLAMA,
            FeedForward.LLAMA,
            "model.norm",
            "lm_head",
            "model.",
            List.of(".*rotary_emb\\.inv_freq"));

    /** The same with other maps of attention. */
    public Names with(Attention other) {
        return new Names(
                embedding, positions, embeddingNorm, blocks, other, feedForward, finalNorm, head, basePrefix, ignored);
    }

    /** The same with other maps of the feed-forward layer. */
    public Names with(FeedForward other) {
        return new Names(
                embedding, positions, embeddingNorm, blocks, attention, other, finalNorm, head, basePrefix, ignored);
    }

    /** The same with another last norm. */
    public Names withFinalNorm(String name) {
        return new Names(
                embedding, positions, embeddingNorm, blocks, attention, feedForward, name, head, basePrefix, ignored);
    }

    /** The same with more tensors that no model needs. */
    public Names ignoring(String... patterns) {
        List<String> all = new java.util.ArrayList<>(ignored);
        all.addAll(List.of(patterns));
        return new Names(
                embedding, positions, embeddingNorm, blocks, attention, feedForward, finalNorm, head, basePrefix, all);
    }

    /** Name of a block. */
    public String block(int index) {
        return blocks + "." + index;
    }

    /** Number of the block that a tensor belongs to, or -1. */
    public int blockOf(String tensor) {
        if (!tensor.startsWith(blocks + ".")) {
            return -1;
        }
        int start = blocks.length() + 1;
        int end = tensor.indexOf('.', start);
        try {
            return Integer.parseInt(tensor.substring(start, end < 0 ? tensor.length() : end));
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** A tensor's name as a file of the bare model has it; the name itself where the prefix is not part of it. */
    public String bare(String tensor) {
        return !basePrefix.isEmpty() && tensor.startsWith(basePrefix) ? tensor.substring(basePrefix.length()) : tensor;
    }
}
