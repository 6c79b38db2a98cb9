package dev.finetune4j.training.walk;

import dev.finetune4j.core.model.Block;
import dev.finetune4j.core.model.Flow;
import dev.finetune4j.core.model.Tape;
import dev.finetune4j.core.runtime.Draws;
import dev.finetune4j.core.runtime.Scope;
import org.bytedeco.pytorch.Tensor;

/**
 * What one block leaves for its own backward pass: its tape, or its input to run it again. Owns both until
 * {@link #close}.
 */
final class Trace implements AutoCloseable {
    private final Block block;
    private final Flow flow;
    private final Tensor input;
    private final Draws draws;
    private final ActivationPolicy policy;
    private final Tape tape;

    Trace(Block block, Flow flow, Draws draws, ActivationPolicy policy) {
        this.block = block;
        this.flow = flow;
        this.draws = draws;
        this.policy = policy;
        this.tape = policy == ActivationPolicy.KEEP ? Tape.saving(draws) : Tape.off(draws);
        this.input = Scope.claim(flow.hidden());
    }

    /** Runs the block. Hidden states after it, owned by the caller's scope. */
    Tensor forward() {
        return block.forward(flow, tape);
    }

    /** Gradient of the block's input; owned by the caller's scope. */
    Tensor backward(Tensor gradient) {
        if (policy == ActivationPolicy.KEEP) {
            return block.backward(gradient, flow, tape);
        }
        try (Tape again = Tape.saving(draws)) {
            block.replay(flow.with(input), again);
            return block.backward(gradient, flow, again);
        }
    }

    @Override
    public void close() {
        tape.close();
        input.close();
    }
}
