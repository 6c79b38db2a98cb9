package dev.finetune4j.core.weights;

import dev.finetune4j.core.runtime.DType;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A stored matrix {@code [out, in]}, in whatever format. A new format writes these methods and works with every adapter.
 * Results belong to the caller's scope.
 */
public interface Weight {
    /**
     * {@code x Wᵀ + bias}, in the dtype of {@code x}.
     *
     * @param x {@code [tokens, in]}
     * @param bias {@code [out]} or null
     */
    Tensor multiply(Tensor x, @Nullable Tensor bias);

    /**
     * {@code dy W}, the input gradient of {@link #multiply}.
     *
     * @param dy {@code [tokens, out]}
     */
    Tensor multiplyTransposed(Tensor dy);

    /** The matrix as a dense tensor; possibly the stored one itself, so never changed in place. */
    Tensor dense(DType dtype);

    /** Replaces the matrix by itself plus {@code delta} {@code [out, in]}. */
    void plus(Tensor delta);

    /** Bytes it takes. */
    long bytes();

    /** The parameter behind a weight that can be trained; null where the format cannot. */
    @Nullable Parameter parameter();
}
