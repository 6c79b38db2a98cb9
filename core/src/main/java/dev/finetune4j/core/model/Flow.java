package dev.finetune4j.core.model;

import dev.finetune4j.core.model.layers.RotaryEmbedding.Angles;
import org.bytedeco.pytorch.Tensor;

/**
 * What travels between segments.
 *
 * @param hidden hidden states {@code [tokens, hidden]} in the policy's hidden dtype
 * @param layout documents and positions
 * @param angles rotary angles of every token
 */
public record Flow(Tensor hidden, AttentionLayout layout, Angles angles) {
    /** The same batch with other hidden states. */
    public Flow with(Tensor newHidden) {
        return new Flow(newHidden, layout, angles);
    }
}
