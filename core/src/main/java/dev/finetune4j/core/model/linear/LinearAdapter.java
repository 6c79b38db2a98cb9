package dev.finetune4j.core.model.linear;

import dev.finetune4j.core.model.Tape;
import dev.finetune4j.core.weights.Parameter;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/** A learned change to one {@link Linear}. A new adapter writes these methods and works with every weight format. */
public interface LinearAdapter {
    /**
     * The adapted map.
     *
     * @param x {@code [tokens, in]}
     * @return {@code [tokens, out]}, owned by the caller's scope
     */
    Tensor forward(Tensor x, Linear linear, Tape tape);

    /**
     * Input gradient; adds to the gradients of whatever is trainable here.
     *
     * @param dy {@code [tokens, out]}
     * @param x the input of {@link #forward} if {@link #needsInput}, else possibly null
     */
    Tensor backward(Tensor dy, @Nullable Tensor x, Linear linear, Tape tape);

    /** Whether backward reads the input of the map. */
    boolean needsInput();

    /**
     * One adapter for several maps of one input, their outputs side by side, that does what the maps' own adapters do; asked
     * of the first one there is. Its methods get the joint map. Some of the maps may have no adapter, or another kind.
     *
     * @return null where there is none; the maps then run one by one
     */
    default @Nullable LinearAdapter join(List<Linear> maps, Tape tape) {
        return null;
    }

    /** Writes the learned change into the weight. */
    void merge(Linear linear);

    /** What it learns, under PEFT's names. */
    List<Parameter> parameters();
}
