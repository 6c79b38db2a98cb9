package dev.finetune4j.core.model.projection;

import dev.finetune4j.core.model.Tape;
import dev.finetune4j.core.model.linear.Linear;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/** Several projections of one input: q, k and v, or gate and up, however the checkpoint holds them. A pair. */
public interface Projections {
    /**
     * @param x {@code [tokens, in]}
     * @return outputs in the caller's scope
     */
    Columns forward(Tensor x, Tape tape);

    /**
     * Uninitialised memory for the gradients of outputs, to be filled and given to {@link #backward}.
     *
     * @param outputs tensors with as many values per token as the projections have
     */
    Columns gradients(List<Tensor> outputs, Tape tape);

    /**
     * Input gradient; adds to the gradients of whatever is trainable here.
     *
     * @param dy what {@link #gradients} gave, filled
     * @param x the input of forward if {@link #needsInput}, else possibly null
     */
    Tensor backward(Columns dy, @Nullable Tensor x, Tape tape);

    /** Whether backward reads the input. */
    boolean needsInput();

    /** The linear maps behind them. */
    List<Linear> maps();
}
