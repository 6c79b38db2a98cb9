package dev.finetune4j.finetune.plan;

import dev.finetune4j.core.config.model.FlashAttention;
import dev.finetune4j.core.model.attention.AttentionKernels;
import dev.finetune4j.core.model.config.AttentionConfig;
import dev.finetune4j.core.runtime.ComputePolicy;
import java.util.Locale;

/**
 * Which attention kernel a run uses.
 *
 * @param name as plans and checkpoints write it
 * @param reason for the plan
 */
record KernelChoice(String name, String reason) {
    private static final String EXPLICIT = "chunked";
    private static final String FUSED = "fused";

    /** The kernel that {@code flash_attn} names, or the faster one where it leaves the choice open. */
    static KernelChoice of(Preparation run, ComputePolicy policy) {
        KernelChoice choice = named(run, policy);
        AttentionConfig attention = run.config().attention();
        boolean varied = attention.softCap() > 0 || attention.alibi();
        return choice.name.equals(FUSED) && varied
                ? new KernelChoice(FUSED, choice.reason + ", which leaves capped and biased scores to " + EXPLICIT)
                : choice;
    }

    private static KernelChoice named(Preparation run, ComputePolicy policy) {
        FlashAttention wish = run.arguments().model().attention().flashAttn();
        String asked = "flash_attn " + wish.name().toLowerCase(Locale.ROOT);
        if (wish == FlashAttention.DISABLED) {
            return new KernelChoice(EXPLICIT, asked + " asks for it");
        }
        if (run.device().isCuda()) {
            return new KernelChoice(
                    EXPLICIT,
                    wish == FlashAttention.AUTO
                            ? "the one for GPUs"
                            : asked + "; there is one for GPUs, and this is it");
        }
        if (wish == FlashAttention.SDPA) {
            return new KernelChoice(FUSED, asked + " asks for it");
        }
        String fastest = AttentionKernels.fastest(run.config().attention(), policy.product(), run.device())
                .name();
        String why = "the faster by self-test";
        return new KernelChoice(fastest, wish == FlashAttention.AUTO ? why : asked + " is a kernel of GPUs, so " + why);
    }
}
