package dev.finetune4j.core.model.layers;

import dev.finetune4j.core.model.Tape;
import dev.finetune4j.core.model.linear.Linear;
import dev.finetune4j.core.weights.Parameter;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/** The part of a block that treats every token by itself. A pair. */
public interface FeedForward {
    /**
     * @param x its input {@code [tokens, hidden]} in the product dtype
     * @return {@code [tokens, hidden]}; owned by the caller's scope
     */
    Tensor forward(Tensor x, Tape tape);

    /** Brings back what a thin tape lacks; the last map does not run again. */
    void replay(Tensor x, Tape tape);

    /**
     * Input gradient; adds to the gradients of whatever is trainable here.
     *
     * @param x the input of forward if {@link #needsInput}, else possibly null
     */
    Tensor backward(Tensor dy, @Nullable Tensor x, Tape tape);

    /** Whether backward reads the input. */
    boolean needsInput();

    /** Its linear maps, in checkpoint order. */
    List<Linear> projections();

    /** Parameters that belong to no linear map. */
    default List<Parameter> parameters() {
        return List.of();
    }
}
