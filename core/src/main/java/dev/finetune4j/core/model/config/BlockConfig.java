package dev.finetune4j.core.model.config;

import org.jspecify.annotations.Nullable;

/**
 * How a block adds attention A and feed-forward layer M to the hidden states, told by which norms it has; the names are those
 * of the checkpoint, below the block's own. With all four and in sequence,
 * {@code h = x + r · n₂(A(n₁ x))}, {@code y = h + r · n₄(M(n₃ h))}; an absent norm is left out of the equation. In parallel,
 * {@code y = x + r · (A(n₁ x) + M(n₃ x))}, and without {@code n₃} M reads {@code n₁ x} too.
 *
 * @param norm kind of all norms of the blocks and of the last one
 * @param parallel whether both read the block's input
 * @param residualMultiplier r
 * @param beforeAttention name of n₁
 * @param afterAttention name of n₂
 * @param beforeFeedForward name of n₃
 * @param afterFeedForward name of n₄
 */
public record BlockConfig(
        NormConfig norm,
        boolean parallel,
        double residualMultiplier,
        @Nullable String beforeAttention,
        @Nullable String afterAttention,
        @Nullable String beforeFeedForward,
        @Nullable String afterFeedForward) {}
