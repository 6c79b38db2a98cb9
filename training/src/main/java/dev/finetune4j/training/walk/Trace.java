package dev.finetune4j.training.walk;

import dev.finetune4j.core.model.Block;
import dev.finetune4j.core.model.Flow;
import dev.finetune4j.core.model.TapeMemory;
import dev.finetune4j.core.runtime.Draws;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/** What one block leaves for its own backward pass. Owns it until {@link #close}. */
interface Trace extends AutoCloseable {
    /** Runs the block. Hidden states after it, owned by the caller's scope; those before it may be freed then. */
    Tensor forward();

    /** Gradient of the block's input; owned by the caller's scope. */
    Tensor backward(Tensor gradient);

    @Override
    void close();

    /**
     * A trace by policy.
     *
     * @param memory where tapes lie; null to hold the tensors themselves
     */
    static Trace of(Block block, Flow flow, Draws draws, ActivationPolicy policy, @Nullable TapeMemory memory) {
        return switch (policy) {
            case KEEP -> new TapedTrace(block, flow, draws, false, memory);
            case RECOMPUTE -> new TapedTrace(block, flow, draws, true, memory);
            case OFFLOAD -> new OffloadedTrace(block, flow, draws, memory);
        };
    }
}
