package dev.finetune4j.core.model;

import org.bytedeco.pytorch.Tensor;

/**
 * What travels between segments.
 *
 * @param hidden hidden states {@code [tokens, hidden]} in the policy's hidden dtype
 * @param positions documents, positions and angles of the tokens
 */
public record Flow(Tensor hidden, TokenPositions positions) {
    /** The same batch with other hidden states. */
    public Flow with(Tensor newHidden) {
        return new Flow(newHidden, positions);
    }
}
