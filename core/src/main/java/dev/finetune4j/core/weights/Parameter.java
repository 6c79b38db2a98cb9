package dev.finetune4j.core.weights;

import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A named tensor of a model: its value, whether it trains, and its gradient. Owns both tensors until {@link #close}.
 * Confined to the thread that trains.
 */
public final class Parameter implements AutoCloseable {
    private final String name;
    private Tensor value;
    private boolean trainable;
    private @Nullable Tensor gradient;

    /** Takes ownership of {@code value}: claims it out of the scope that is open. */
    public Parameter(String name, Tensor value) {
        this.name = name;
        this.value = Scope.claim(value);
    }

    /** Hugging Face name, such as {@code model.layers.0.self_attn.q_proj.weight}. */
    public String name() {
        return name;
    }

    /** The value; owned by this parameter, never closed by callers. */
    public Tensor value() {
        return value;
    }

    /** Replaces the value, for example by itself in another dtype; the old tensor is freed. */
    public void replace(Tensor newValue) {
        Tensor claimed = Scope.claim(newValue);
        value.close();
        value = claimed;
    }

    public DType dtype() {
        return DType.of(value);
    }

    public long[] shape() {
        return value.shape();
    }

    public long elements() {
        return value.numel();
    }

    public long bytes() {
        return value.numel() * dtype().bytes();
    }

    public boolean trainable() {
        return trainable;
    }

    public void trainable(boolean trains) {
        trainable = trains;
    }

    /** The gradient of this step so far, in the dtype of {@link #gradientDType}; null before the first part arrives. */
    public @Nullable Tensor gradient() {
        return gradient;
    }

    /** Gradients are summed in fp32 unless the parameter itself is fp64. */
    public DType gradientDType() {
        return dtype() == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32;
    }

    /**
     * Adds a part of the gradient; keeps the tensor itself if it is the first, so the caller must not change it after.
     *
     * @param part shape of the value
     */
    public void accumulate(Tensor part) {
        if (gradient == null) {
            gradient = Scope.claim(Torch.to(part, gradientDType()).contiguous());
        } else {
            gradient.add_(part);
        }
    }

    /** The gradient tensor to add into in place; zeros of the value's shape if there was none. */
    public Tensor gradientBuffer() {
        if (gradient == null) {
            gradient = Scope.claim(Torch.zeros(gradientDType(), Torch.device(value), value.shape()));
        }
        return gradient;
    }

    /** Frees the gradient. */
    public void dropGradient() {
        if (gradient != null) {
            gradient.close();
            gradient = null;
        }
    }

    @Override
    public void close() {
        dropGradient();
        value.close();
    }
}
