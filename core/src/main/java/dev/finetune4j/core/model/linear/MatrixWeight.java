package dev.finetune4j.core.model.linear;

import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.weights.Weight;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/** A matrix that lies in memory as an ordinary tensor, {@code [out, in]} or the other way round. */
abstract class MatrixWeight implements Weight {
    private final boolean transposed;
    private final Workspace workspace;

    /** @param transposed whether it lies {@code [in, out]} */
    MatrixWeight(boolean transposed, Workspace workspace) {
        this.transposed = transposed;
        this.workspace = workspace;
    }

    /** The matrix as it lies in memory. */
    abstract Tensor stored();

    /** {@code [out, in]}. */
    final Tensor values() {
        return turned(stored());
    }

    /** From the way it lies to {@code [out, in]}, and back. */
    final Tensor turned(Tensor matrix) {
        return transposed ? matrix.t() : matrix;
    }

    /** The gradient {@code dyᵀ x} as the matrix lies. */
    final Tensor gradient(Tensor dy, Tensor x) {
        return transposed ? Torch.product(x.t(), dy.t(), null) : Torch.product(dy.t(), x.t(), null);
    }

    /** Whether it lies {@code [in, out]}. */
    public final boolean transposed() {
        return transposed;
    }

    final Workspace workspace() {
        return workspace;
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
        try (Scope scope = Scope.open("updated product")) {
            Tensor sum = Torch.product(a.t(), b, null, workspace.converted(stored(), dtype));
            return scope.keep(Torch.product(x, sum.t(), bias == null ? null : Torch.to(bias, dtype)));
        }
    }

    @Override
    public Tensor multiplyTransposed(Tensor dy, @Nullable Tensor plus) {
        return matrix().multiplyTransposed(dy, plus);
    }

    @Override
    public Tensor dense(DType dtype) {
        return Torch.to(values(), dtype);
    }

    @Override
    public long out() {
        return stored().size(transposed ? 1 : 0);
    }

    @Override
    public long in() {
        return stored().size(transposed ? 0 : 1);
    }
}
