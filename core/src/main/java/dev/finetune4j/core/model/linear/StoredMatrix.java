package dev.finetune4j.core.model.linear;

import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Torch;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The products of a matrix that is stored as an ordinary tensor, converted into the workspace where it is multiplied in
 * another dtype.
 *
 * @param values {@code [out, in]}
 */
record StoredMatrix(Tensor values, Workspace workspace) {
    /** See {@link dev.finetune4j.core.weights.Weight#multiply}. */
    Tensor multiply(Tensor x, @Nullable Tensor bias, @Nullable Tensor plus) {
        DType dtype = DType.of(x);
        return Torch.product(x, workspace.converted(values, dtype), typed(bias, dtype), plus);
    }

    /** See {@link dev.finetune4j.core.weights.Weight#multiplyUpdated}. */
    Tensor multiplyUpdated(Tensor x, @Nullable Tensor bias, Tensor b, Tensor a) {
        DType dtype = DType.of(x);
        Tensor sum = Torch.product(b, a.t(), null, workspace.converted(values, dtype));
        return Torch.product(x, sum, typed(bias, dtype));
    }

    /** See {@link dev.finetune4j.core.weights.Weight#multiplyTransposed}. */
    Tensor multiplyTransposed(Tensor dy, @Nullable Tensor plus) {
        return Torch.product(dy, workspace.converted(values, DType.of(dy)).t(), null, plus);
    }

    private static @Nullable Tensor typed(@Nullable Tensor bias, DType dtype) {
        return bias == null ? null : Torch.to(bias, dtype);
    }
}
