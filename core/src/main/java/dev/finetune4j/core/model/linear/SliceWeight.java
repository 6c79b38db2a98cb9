package dev.finetune4j.core.model.linear;

import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.weights.Parameter;
import dev.finetune4j.core.weights.Weight;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * One matrix of a stack that the checkpoint holds as one tensor, {@code [count, out, in]} or {@code [count, in, out]}. Its
 * gradient goes into its slice of the stack's gradient. The stack is the parameter; a slice has none of its own.
 */
public final class SliceWeight implements Weight {
    private final Parameter stack;
    private final int index;
    private final boolean transposed;
    private final Workspace workspace;

    /**
     * @param stack of three dimensions
     * @param transposed whether its matrices lie {@code [in, out]}
     */
    public SliceWeight(Parameter stack, int index, boolean transposed, Workspace workspace) {
        this.stack = stack;
        this.index = index;
        this.transposed = transposed;
        this.workspace = workspace;
    }

    /** The matrix as it lies in memory. */
    private Tensor stored(Tensor whole) {
        return whole.select(0, index);
    }

    /** {@code [out, in]}. */
    private Tensor values() {
        return transposed ? stored(stack.value()).t() : stored(stack.value());
    }

    private StoredMatrix matrix() {
        return new StoredMatrix(values(), workspace);
    }

    @Override
    public Tensor multiply(Tensor x, @Nullable Tensor bias, @Nullable Tensor plus) {
        return matrix().multiply(x, bias, plus);
    }

    @Override
    public Tensor multiplyUpdated(Tensor x, @Nullable Tensor bias, Tensor b, Tensor a) {
        if (!transposed) {
            return matrix().multiplyUpdated(x, bias, b, a);
        }
        // The product adds only to a matrix that lies as its result does.
        DType dtype = DType.of(x);
        Tensor sum = Torch.product(a.t(), b, null, workspace.converted(stored(stack.value()), dtype));
        return Torch.product(x, sum.t(), bias == null ? null : Torch.to(bias, dtype));
    }

    @Override
    public Tensor multiplyTransposed(Tensor dy, @Nullable Tensor plus) {
        return matrix().multiplyTransposed(dy, plus);
    }

    @Override
    public boolean trains() {
        return stack.trainable();
    }

    @Override
    public void accumulate(Tensor dy, Tensor x) {
        try (Scope scope = Scope.open("weight gradient")) {
            Tensor part = transposed ? Torch.product(x.t(), dy.t(), null) : Torch.product(dy.t(), x.t(), null);
            stored(stack.gradientBuffer()).add_(part);
        }
    }

    @Override
    public Tensor dense(DType dtype) {
        return Torch.to(values(), dtype);
    }

    @Override
    public void plus(Tensor delta) {
        try (Scope scope = Scope.open("merge")) {
            Tensor values = values();
            values.copy_(Torch.copy(values, stack.gradientDType()).add_(delta));
        }
    }

    @Override
    public long bytes() {
        return stack.bytes() / stack.value().size(0);
    }

    @Override
    public long out() {
        return stack.value().size(transposed ? 2 : 1);
    }

    @Override
    public long in() {
        return stack.value().size(transposed ? 1 : 2);
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
