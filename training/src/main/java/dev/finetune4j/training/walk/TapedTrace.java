package dev.finetune4j.training.walk;

import dev.finetune4j.core.model.Block;
import dev.finetune4j.core.model.Flow;
import dev.finetune4j.core.model.Tape;
import dev.finetune4j.core.model.TapeMemory;
import dev.finetune4j.core.runtime.Draws;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/** A full tape, or a thin one that is replayed. */
final class TapedTrace implements Trace {
    private final Block block;
    private final Flow flow;
    private final boolean thin;
    private final Tape tape;

    TapedTrace(Block block, Flow flow, Draws draws, boolean thin, @Nullable TapeMemory memory) {
        this.block = block;
        this.flow = flow;
        this.thin = thin;
        this.tape = thin ? Tape.thin(draws, memory) : Tape.saving(draws, memory);
    }

    @Override
    public Tensor forward() {
        return block.forward(flow, tape);
    }

    @Override
    public Tensor backward(Tensor gradient) {
        if (thin) {
            block.replay(flow, tape);
        }
        return block.backward(gradient, flow, tape);
    }

    @Override
    public void close() {
        tape.close();
    }
}
