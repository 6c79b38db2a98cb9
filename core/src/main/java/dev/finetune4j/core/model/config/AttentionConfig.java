package dev.finetune4j.core.model.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Heads and their extras.
 *
 * @param heads query heads
 * @param keyValueHeads key and value heads, dividing {@code heads}
 * @param headDim width of a head
 * @param layout how q, k and v lie in the checkpoint
 * @param inputBias whether q, k and v have biases
 * @param outputBias whether o has one
 * @param queryKeyNorm norms of q and k; null for none
 * @param scale factor on scores
 * @param softCap c of {@code c · tanh(score / c)}; 0 for none
 * @param clip bound on the values of q, k and v; 0 for none
 * @param sinks whether each head has a learned score that takes part in the softmax and carries no value
 * @param alibi whether linear biases on distance (Press et al. 2022) are added to scores
 * @param latent multi-head latent attention; null for the ordinary kind
 * @param temperature growth of queries with their position in blocks without rotation; null for none
 * @param views what each block sees
 */
public record AttentionConfig(
        int heads,
        int keyValueHeads,
        int headDim,
        Layout layout,
        boolean inputBias,
        boolean outputBias,
        @Nullable QueryKeyNorm queryKeyNorm,
        double scale,
        double softCap,
        double clip,
        boolean sinks,
        boolean alibi,
        @Nullable LatentConfig latent,
        @Nullable Temperature temperature,
        List<View> views) {

    public AttentionConfig {
        views = List.copyOf(views);
    }

    /** How q, k and v lie in the checkpoint. */
    public enum Layout {
        /** A map each. */
        SEPARATE,
        /** One map, whose rows are all of q, then all of k, then all of v. */
        BLOCKS,
        /** One map, whose rows are, for each key head, its query heads, the key and the value. */
        GROUPS
    }

    /**
     * Norms of q and k.
     *
     * @param span what a norm runs over
     * @param afterRotation whether they come after the rotation
     * @param norm their kind
     */
    public record QueryKeyNorm(Span span, boolean afterRotation, NormConfig norm) {}

    /** What a norm of q or k runs over. */
    public enum Span {
        /** Each head by itself, with one weight for all. */
        HEAD,
        /** Each head by itself, with a weight for each. */
        HEAD_OWN_WEIGHT,
        /** All heads together. */
        ALL
    }

    /**
     * {@code 1 + scale · ln(1 + ⌊(position + 1) / floor⌋)}, a factor on queries (Llama 4).
     */
    public record Temperature(double scale, double floor) {}

    /**
     * What one block sees.
     *
     * @param window tokens a query sees including itself; 0 for all before it
     * @param chunk a query sees only its own run of this many tokens; 0 for no such border
     * @param rope index of its rotary embedding in {@link ModelConfig#ropes}; -1 for no rotation
     * @param scale factor on its scores, beside the one of all blocks
     */
    public record View(int window, int chunk, int rope, double scale) {
        public static final View ALL = new View(0, 0, 0);

        /** With no scale of its own. */
        public View(int window, int chunk, int rope) {
            this(window, chunk, rope, 1);
        }
    }

    /** Query heads that share one key and value head. */
    public int group() {
        return heads / keyValueHeads;
    }

    /** Windows of all blocks, 0 for none. */
    public int[] windows() {
        return views.stream().mapToInt(View::window).toArray();
    }

    /** Width of all queries of a token. */
    public int queryWidth() {
        return heads * (latent == null ? headDim : latent.queryDim());
    }

    /** Width of all keys of a token, as the kernel reads them. */
    public int keyWidth() {
        return latent == null ? keyValueHeads * headDim : heads * latent.queryDim();
    }

    /** Width of all values of a token, as the kernel reads them. */
    public int valueWidth() {
        return latent == null ? keyValueHeads * headDim : heads * latent.valueDim();
    }

    /** Width of what the output map reads. */
    public int outputWidth() {
        return heads * (latent == null ? headDim : latent.valueDim());
    }
}
