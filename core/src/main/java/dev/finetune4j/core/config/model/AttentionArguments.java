package dev.finetune4j.core.config.model;

import dev.finetune4j.core.config.declare.Default;
import dev.finetune4j.core.config.declare.Equivalent;
import org.jspecify.annotations.Nullable;

/**
 * How far and by which kernel tokens see each other.
 *
 * @param ropeScaling how rotary positions are stretched when {@code cutoff_len} exceeds the length the model was
 *     trained for; the factor is the quotient of the two, rounded up. No effect within that length. Default: none
 * @param flashAttn asks for an attention implementation; the library picks the fastest kernel that passes its self-test,
 *     and all of them agree. Default: auto
 */
public record AttentionArguments(
        @Nullable RopeScaling ropeScaling,

        @Equivalent("attention runs document by document in the kernel that a self-test picks") @Default("auto")
        FlashAttention flashAttn) {}
