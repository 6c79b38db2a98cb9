package dev.finetune4j.core.weights;

import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A stored matrix {@code [out, in]}, in whatever format. A new format writes these methods and works with every adapter.
 * Results belong to the caller's scope.
 */
public interface Weight {
    /**
     * {@code x Wᵀ + bias + plus}, in the dtype of {@code x}.
     *
     * @param x {@code [tokens, in]}
     * @param bias {@code [out]} or null
     * @param plus {@code [tokens, out]} or null, added in the product's own last pass where the device can
     */
    Tensor multiply(Tensor x, @Nullable Tensor bias, @Nullable Tensor plus);

    /**
     * {@code x (W + b a)ᵀ + bias}: the update is added to the matrix on its way into the product.
     *
     * @param b {@code [out, rank]}, dtype of {@code x}
     * @param a {@code [rank, in]}, likewise
     */
    Tensor multiplyUpdated(Tensor x, @Nullable Tensor bias, Tensor b, Tensor a);

    /**
     * {@code dy W + plus}, the input gradient of {@link #multiply}.
     *
     * @param dy {@code [tokens, out]}
     * @param plus {@code [tokens, in]} or null
     */
    Tensor multiplyTransposed(Tensor dy, @Nullable Tensor plus);

    /** Whether {@link #accumulate} has a gradient to add to. */
    default boolean trains() {
        Parameter matrix = parameter();
        return matrix != null && matrix.trainable();
    }

    /** Adds {@code dyᵀ x} to the gradient of the matrix; called only if it {@link #trains}. */
    default void accumulate(Tensor dy, Tensor x) {
        try (Scope scope = Scope.open("weight gradient")) {
            Objects.requireNonNull(parameter()).accumulate(Torch.product(dy.t(), x.t(), null));
        }
    }

    /** The matrix as a dense tensor; possibly the stored one itself, so never changed in place. */
    Tensor dense(DType dtype);

    /** Replaces the matrix by itself plus {@code delta} {@code [out, in]}. */
    void plus(Tensor delta);

    /** Rows: the width of what {@link #multiply} gives. */
    long out();

    /** Columns: the width of what it takes. */
    long in();

    /** The dtype it is stored in, or stands for. */
    default DType dtype() {
        return Objects.requireNonNull(parameter()).dtype();
    }

    /** Bytes it takes. */
    long bytes();

    /** The parameter behind a weight that can be trained; null where the format cannot. */
    @Nullable
    Parameter parameter();
}
