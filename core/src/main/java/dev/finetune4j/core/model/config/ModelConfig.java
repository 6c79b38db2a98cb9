package dev.finetune4j.core.model.config;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.core.runtime.DType;

/**
 * Facts read from {@code config.json}. Never a user's wish.
 *
 * @param modelType the family's name, such as {@code llama}
 * @param sizes widths and counts
 * @param attention heads and their extras
 * @param rope the rotary embedding
 * @param activation gate activation of the feed-forward layer, such as {@code silu}
 * @param normEpsilon ε of the RMS norms
 * @param feedForwardBias whether gate, up and down projection have biases
 * @param tied whether the head is the embedding matrix
 * @param storedDType dtype the checkpoint says it is stored in
 * @param initializerRange standard deviation of fresh weights
 * @param raw the whole file, for keys that only pass through
 */
public record ModelConfig(
        String modelType,
        Sizes sizes,
        AttentionConfig attention,
        RopeConfig rope,
        String activation,
        double normEpsilon,
        boolean feedForwardBias,
        boolean tied,
        DType storedDType,
        double initializerRange,
        JsonNode raw) {

    /**
     * Widths and counts.
     *
     * @param hidden width of the hidden states
     * @param intermediate width inside the feed-forward layer
     * @param layers number of blocks
     * @param vocabulary rows of the embedding
     * @param maxPositions longest sequence the checkpoint was made for
     */
    public record Sizes(int hidden, int intermediate, int layers, int vocabulary, int maxPositions) {}

    /**
     * Heads and their extras.
     *
     * @param heads query heads
     * @param keyValueHeads key and value heads, dividing {@code heads}
     * @param headDim width of a head
     * @param inputBias whether q, k and v have biases
     * @param outputBias whether o has one
     * @param queryKeyNorm whether q and k are normalised per head
     * @param windows per block, how many tokens a query sees including itself; 0 for all
     */
    public record AttentionConfig(
            int heads,
            int keyValueHeads,
            int headDim,
            boolean inputBias,
            boolean outputBias,
            boolean queryKeyNorm,
            int[] windows) {
        /** Query heads that share one key and value head. */
        public int group() {
            return heads / keyValueHeads;
        }
    }

    /** Number of parameters of the decoder that this config describes, adapters not counted. */
    public long parameters() {
        long h = sizes.hidden;
        long q = (long) attention.heads * attention.headDim;
        long kv = (long) attention.keyValueHeads * attention.headDim;
        long block = h * (q + 2 * kv) + q * h + 3 * h * sizes.intermediate + 2 * h;
        block += attention.inputBias ? q + 2 * kv : 0;
        block += attention.outputBias ? h : 0;
        block += attention.queryKeyNorm ? 2L * attention.headDim : 0;
        block += feedForwardBias ? 2L * sizes.intermediate + h : 0;
        return sizes.layers * block + (tied ? 1 : 2) * (long) sizes.vocabulary * h + h;
    }
}
