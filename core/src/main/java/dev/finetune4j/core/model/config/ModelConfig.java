package dev.finetune4j.core.model.config;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.core.runtime.DType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Facts read from {@code config.json}. Never a user's wish.
 *
 * @param modelType the family's name, such as {@code llama}
 * @param sizes widths and counts
 * @param names of the checkpoint's tensors
 * @param input the embedding and its extras
 * @param block norms and residual connections
 * @param attention heads and their extras
 * @param ropes rotary embeddings; blocks name theirs by index
 * @param feedForward the feed-forward layer
 * @param experts mixture of experts; null for none
 * @param head the map to the vocabulary and its extras
 * @param stored how the checkpoint holds its weights
 * @param raw the whole file, for keys that only pass through
 */
public record ModelConfig(
        String modelType,
        Sizes sizes,
        Names names,
        InputConfig input,
        BlockConfig block,
        AttentionConfig attention,
        List<RopeConfig> ropes,
        FeedForwardConfig feedForward,
        @Nullable ExpertConfig experts,
        HeadConfig head,
        Stored stored,
        JsonNode raw) {

    public ModelConfig {
        ropes = List.copyOf(ropes);
    }

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
     * The embedding and its extras.
     *
     * @param multiplier factor on embedded tokens
     * @param rounded whether that factor is rounded to the dtype of the weights first (Gemma)
     * @param positions rows of a learned position embedding; 0 for none
     * @param norm whether a norm follows
     */
    public record InputConfig(double multiplier, boolean rounded, int positions, boolean norm) {
        public static final InputConfig PLAIN = new InputConfig(1, false, 0, false);
    }

    /**
     * The map to the vocabulary and its extras.
     *
     * @param tied whether its matrix is the embedding
     * @param bias whether it has a bias
     * @param multiplier factor on logits
     * @param softCap c of {@code c · tanh(logit / c)}; 0 for none
     * @param normalised whether the rows of its matrix are brought to length one (Baichuan 2)
     */
    public record HeadConfig(boolean tied, boolean bias, double multiplier, double softCap, boolean normalised) {}

    /**
     * How the checkpoint holds its weights.
     *
     * @param dtype dtype the checkpoint says it is stored in
     * @param initializerRange standard deviation of fresh weights
     * @param transposed whether matrices of blocks lie {@code [in, out]} (GPT-2)
     */
    public record Stored(DType dtype, double initializerRange, boolean transposed) {}

    /** The same model with another head. */
    public ModelConfig with(HeadConfig otherHead) {
        return new ModelConfig(
                modelType, sizes, names, input, block, attention, ropes, feedForward, experts, otherHead, stored, raw);
    }

    /** The first rotary embedding. */
    public RopeConfig rope() {
        return ropes.get(0);
    }

    /** Whether the head is the embedding matrix. */
    public boolean tied() {
        return head.tied;
    }

    public DType storedDType() {
        return stored.dtype;
    }

    /** Whether a block has experts. */
    public boolean hasExperts(int index) {
        return experts != null && experts.layers()[index];
    }
}
