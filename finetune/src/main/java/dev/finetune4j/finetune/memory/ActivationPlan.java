package dev.finetune4j.finetune.memory;

import dev.finetune4j.core.config.model.Activations;
import dev.finetune4j.training.walk.ActivationPolicy;
import java.util.ArrayList;
import java.util.List;

/**
 * How many blocks keep their activations, and how many tokens walk at a time. The kept ones are the last: a backward pass
 * frees them first, before the others are run again.
 *
 * @param blocks blocks of the model
 * @param lowest first block that needs activations at all
 * @param kept blocks, counted from the last, that keep theirs
 * @param tokensPerWalk tokens above which a micro-batch is divided
 */
public record ActivationPlan(int blocks, int lowest, int kept, long tokensPerWalk) {
    /** No limit: every micro-batch walks whole. */
    public static final long UNDIVIDED = Long.MAX_VALUE;

    /**
     * What must fit.
     *
     * @param available bytes for activations
     * @param batchTokens tokens of the largest micro-batch
     * @param longestRow tokens of the longest row, which cannot be divided
     * @param headPerToken bytes that the head holds for a token of a walk
     */
    public record Load(long available, long batchTokens, long longestRow, long headPerToken) {}

    public static ActivationPlan choose(Activations wish, int blocks, int lowest, BlockMemory block, Load load) {
        int traced = blocks - lowest;
        int most = wish == Activations.RECOMPUTE || wish == Activations.OFFLOAD ? 0 : traced;
        int least = wish == Activations.KEEP ? traced : 0;
        for (int kept = most; kept > least; kept--) {
            if (load.batchTokens * perToken(traced, kept, block, load) <= load.available) {
                return new ActivationPlan(blocks, lowest, kept, UNDIVIDED);
            }
        }
        long each = perToken(traced, least, block, load);
        boolean whole = load.batchTokens * each <= load.available;
        long tokens = whole ? UNDIVIDED : Math.max(load.longestRow, load.available / each);
        return new ActivationPlan(blocks, lowest, least, tokens >= load.batchTokens ? UNDIVIDED : tokens);
    }

    /** The same with whole micro-batches, for losses that are not sums over rows. */
    public ActivationPlan undivided() {
        return new ActivationPlan(blocks, lowest, kept, UNDIVIDED);
    }

    /** Bytes for a token of a walk at the highest point of its forward and backward pass. */
    private static long perToken(int traced, int kept, BlockMemory block, Load load) {
        return held(traced, kept, block) + Math.max(block.work(), load.headPerToken);
    }

    /** The kept tapes and the inputs of the others; where none is kept, one tape exists while its block is run again. */
    private static long held(int traced, int kept, BlockMemory block) {
        int again = traced - kept;
        long atEnd = kept * block.kept() + again * block.again();
        long replay = again == 0 ? 0 : again * block.again() + block.kept();
        return Math.max(atEnd, replay);
    }

    /** Bytes of activations while a walk of so many tokens is at its highest point. */
    public long bytes(BlockMemory block, long batchTokens, long headPerToken) {
        long tokens = Math.min(batchTokens, tokensPerWalk);
        return tokens * (held(blocks - lowest, kept, block) + Math.max(block.work(), headPerToken));
    }

    /** The policy of every block; the wish decides how much those leave that do not keep all. */
    public static List<ActivationPolicy> policies(int blocks, int kept, Activations wish) {
        ActivationPolicy least = wish == Activations.OFFLOAD ? ActivationPolicy.OFFLOAD : ActivationPolicy.RECOMPUTE;
        List<ActivationPolicy> policies = new ArrayList<>();
        for (int i = 0; i < blocks; i++) {
            policies.add(i < blocks - kept ? least : ActivationPolicy.KEEP);
        }
        return policies;
    }
}
