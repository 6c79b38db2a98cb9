package dev.finetune4j.training.walk;

import dev.finetune4j.core.model.Block;
import dev.finetune4j.core.model.Flow;
import dev.finetune4j.core.model.Tape;
import dev.finetune4j.core.model.TapeMemory;
import dev.finetune4j.core.runtime.Draws;
import dev.finetune4j.core.runtime.Scope;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/** The block's input in host memory and nothing else; the whole block runs again, with a tape, before its backward pass. */
final class OffloadedTrace implements Trace {
    private final Block block;
    private final Flow flow;
    private final Draws draws;
    private final @Nullable TapeMemory memory;
    private @Nullable HostCopy input;

    OffloadedTrace(Block block, Flow flow, Draws draws, @Nullable TapeMemory memory) {
        this.block = block;
        this.flow = flow;
        this.draws = draws;
        this.memory = memory;
    }

    @Override
    public Tensor forward() {
        input = HostCopy.of(flow.hidden(), memory);
        return block.forward(flow, Tape.off(draws));
    }

    @Override
    public Tensor backward(Tensor gradient) {
        HostCopy copy = java.util.Objects.requireNonNull(input, "backward without forward");
        try (Scope scope = Scope.open(block.name() + " again");
                Tape tape = Tape.saving(draws, memory)) {
            Flow again = flow.with(copy.back());
            block.forward(again, tape).close();
            return scope.keep(block.backward(gradient, again, tape));
        }
    }

    @Override
    public void close() {
        if (input != null) {
            input.close();
            input = null;
        }
    }
}
