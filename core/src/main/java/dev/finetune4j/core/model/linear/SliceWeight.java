package dev.finetune4j.core.model.linear;

import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.weights.Parameter;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * One matrix of a stack that the checkpoint holds as one tensor, {@code [count, out, in]} or {@code [count, in, out]}. Its
 * gradient goes into its slice of the stack's gradient. The stack is the parameter; a slice has none of its own.
 */
public final class SliceWeight extends MatrixWeight {
    private final Parameter stack;
    private final int index;

    /**
     * @param stack of three dimensions
     * @param transposed whether its matrices lie {@code [in, out]}
     */
    public SliceWeight(Parameter stack, int index, boolean transposed, Workspace workspace) {
        super(transposed, workspace);
        this.stack = stack;
        this.index = index;
    }

    /** The tensor of all matrices. */
    public Parameter stack() {
        return stack;
    }

    @Override
    Tensor stored() {
        return stack.value().select(0, index);
    }

    @Override
    public boolean trains() {
        return stack.trainable();
    }

    @Override
    public void accumulate(Tensor dy, Tensor x) {
        try (Scope scope = Scope.open("weight gradient")) {
            stack.gradientBuffer().select(0, index).add_(gradient(dy, x));
        }
    }

    @Override
    public void plus(Tensor delta) {
        try (Scope scope = Scope.open("merge")) {
            Tensor values = values();
            values.copy_(Torch.copy(values, stack.gradientDType()).add_(delta));
        }
    }

    // Of the stack, since a slice would be a tensor that no scope closes.
    @Override
    public long out() {
        return stack.value().size(transposed() ? 2 : 1);
    }

    @Override
    public long in() {
        return stack.value().size(transposed() ? 1 : 2);
    }

    @Override
    public long bytes() {
        return stack.bytes() / stack.value().size(0);
    }

    @Override
    public DType dtype() {
        return stack.dtype();
    }

    @Override
    public @Nullable Parameter parameter() {
        return null;
    }
}
