package dev.finetune4j.core.config.model;

import dev.finetune4j.core.config.declare.Default;
import dev.finetune4j.core.config.declare.Equivalent;
import org.jspecify.annotations.Nullable;

/**
 * How far and by which kernel tokens see each other.
 *
 * @param ropeScaling how rotary positions are stretched when {@code cutoff_len} exceeds the length the model was
 *     trained for; the factor is the quotient of the two, rounded up. Takes the place of any scaling that the model has.
 *     No effect within that length. Default: none
 * @param flashAttn attention kernel: {@code disabled} is the explicit one, which multiplies chunk by chunk, {@code sdpa}
 *     libtorch's fused one; {@code auto}, {@code fa2} and {@code fa3} take the faster of the two by self-test. All of
 *     them agree. Default: auto
 * @param shiftAttn LongLoRA's shifted sparse attention while training: tokens see their own quarter of a text, and in half of
 *     the heads quarters that lie half a quarter later. Evaluation attends to whole texts. Default: false
 */
public record AttentionArguments(
        @Nullable RopeScaling ropeScaling,

        @Equivalent("attention runs document by document; the line about computing names the kernel") @Default("auto")
        FlashAttention flashAttn,

        @Default("false") boolean shiftAttn) {}
