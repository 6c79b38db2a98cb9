package dev.finetune4j.training.walk;

import dev.finetune4j.core.model.Block;
import dev.finetune4j.core.model.Flow;
import dev.finetune4j.core.model.Tape;
import dev.finetune4j.core.model.TapeMemory;
import dev.finetune4j.core.runtime.Draws;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What one block leaves for its own backward pass: a full tape, or a thin one that is replayed. Owns it until
 * {@link #close}.
 */
final class Trace implements AutoCloseable {
    private final Block block;
    private final Flow flow;
    private final ActivationPolicy policy;
    private final Tape tape;

    Trace(Block block, Flow flow, Draws draws, ActivationPolicy policy, @Nullable TapeMemory memory) {
        this.block = block;
        this.flow = flow;
        this.policy = policy;
        this.tape = policy == ActivationPolicy.KEEP ? Tape.saving(draws, memory) : Tape.thin(draws, memory);
    }

    /** Runs the block. Hidden states after it, owned by the caller's scope. */
    Tensor forward() {
        return block.forward(flow, tape);
    }

    /** Gradient of the block's input; owned by the caller's scope. */
    Tensor backward(Tensor gradient) {
        if (policy == ActivationPolicy.RECOMPUTE) {
            block.replay(flow, tape);
        }
        return block.backward(gradient, flow, tape);
    }

    @Override
    public void close() {
        tape.close();
    }
}
