package dev.finetune4j.finetune.memory;

import dev.finetune4j.core.model.config.AttentionConfig;
import dev.finetune4j.core.model.config.ExpertConfig;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.runtime.ComputePolicy;

/**
 * Bytes that one block needs for one token. With h the hidden width, q and k the widths of all query and all key heads,
 * m the inner width of the feed-forward layer, or of the experts that a token passes, r the rank of LoRA and n the number
 * of its targets in a block but the down projection, b and p the bytes of an element of hidden states and of products:
 *
 * <ul>
 *   <li>a block that keeps its tape holds {@code b · 2h} (its input and what attention made of it),
 *       {@code p · (2q + 2k + 2m)} (queries, keys, values, attention's output, gate and up), {@code 4} bytes a query head (row
 *       statistics), with norms on q and k {@code p · (q + k)}, and {@code p · n r}
 *   <li>a block that is run again holds {@code b · 2h}, {@code p · q} (attention's output), {@code 4} bytes a query head, and
 *       {@code p · n r}
 *   <li>a block that leaves its input only holds {@code b · h}
 *   <li>a backward pass works on {@code b · 3h + p · (2h + 2q + 2k + 3m)} besides: gradients of what lies on the tape, and
 *       norm outputs and activations made again
 * </ul>
 *
 * <p>With many tokens in fp32 an adapter's {@code n r} is not on the tape; the figure keeps it as an upper bound.
 *
 * @param kept a block whose tape is kept
 * @param again a block that is run again
 * @param work what a forward or backward pass has in flight beside the tape
 */
public record BlockMemory(long kept, long again, long work) {
    /**
     * @param rankTotal ranks of all adapters of a block, summed
     */
    public static BlockMemory of(ModelConfig config, ComputePolicy policy, long rankTotal) {
        long b = policy.hidden().bytes();
        long p = policy.product().bytes();
        long h = config.sizes().hidden();
        long m = inner(config);
        AttentionConfig attention = config.attention();
        long q = attention.queryWidth();
        long k = attention.keyWidth();
        long normed = attention.queryKeyNorm() != null ? q + k : 0;
        long kept = b * 2 * h + p * (2 * q + 2 * k + 2 * m + normed + rankTotal) + 4L * attention.heads();
        long work = b * 3 * h + p * (2 * h + 2 * q + 2 * k + 3 * m);
        long again = b * 2 * h + p * (q + rankTotal) + 4L * attention.heads();
        return new BlockMemory(kept, again, work);
    }

    /** The same where a block that is run again leaves its input only. */
    public BlockMemory offloaded(ModelConfig config, ComputePolicy policy) {
        return new BlockMemory(
                kept, (long) policy.hidden().bytes() * config.sizes().hidden(), work);
    }

    private static long inner(ModelConfig config) {
        long dense = config.feedForward().width();
        ExpertConfig experts = config.experts();
        if (experts == null) {
            return dense;
        }
        long shared = experts.shared() == null ? 0 : experts.shared().width();
        return Math.max(dense, (long) experts.perToken() * experts.width() + shared);
    }
}
