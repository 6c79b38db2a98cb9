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
    private @Nullable Tensor aside;
    private boolean trainable;
    private boolean buffer;
    private @Nullable Tensor gradient;
    private boolean gradientGiven;

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

    /**
     * Takes a new value and sets the old one aside for {@link #exchange}, for example while a copy of a module trains. Only
     * one value can be aside; both belong to this parameter.
     */
    public void setAside(Tensor newValue) {
        if (aside != null) {
            throw new IllegalStateException(name + " has a value set aside already");
        }
        aside = value;
        value = Scope.claim(newValue);
    }

    /** Swaps the value with the one set aside. */
    public void exchange() {
        Tensor other = java.util.Objects.requireNonNull(aside, () -> name + " has no value set aside");
        aside = value;
        value = other;
    }

    /** The value set aside, or null; owned by this parameter. */
    public @Nullable Tensor aside() {
        return aside;
    }

    /** Frees the value set aside. */
    public void dropAside() {
        if (aside != null) {
            aside.close();
            aside = null;
        }
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

    /** Whether it trains from now on; does nothing for one that {@link #neverTrains}. */
    public void trainable(boolean trains) {
        trainable = trains && !buffer;
    }

    /** Marks a tensor that belongs to the model and to its files but that no gradient reaches. */
    public void neverTrains() {
        buffer = true;
        trainable = false;
    }

    /** The gradient of this step so far, in the dtype of {@link #gradientDType}; null before the first part arrives. */
    public @Nullable Tensor gradient() {
        return gradientGiven ? gradient : null;
    }

    /**
     * Takes the gradient's memory now. A run does so before its first walk: gradients that appear between the tapes of a walk
     * and stay for the next one leave holes that its tapes do not fit into.
     */
    public void reserveGradient() {
        if (gradient == null) {
            gradient = Scope.claim(Torch.empty(gradientDType(), Torch.device(value), value.shape()));
        }
    }

    /** Gradients are summed in fp32 unless the parameter itself is fp64. */
    public DType gradientDType() {
        return dtype() == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32;
    }

    /**
     * Adds a part of the gradient; may keep the tensor itself if it is the first, so the caller must not change it after.
     *
     * @param part shape of the value
     */
    public void accumulate(Tensor part) {
        if (gradient == null) {
            gradient = Scope.claim(Torch.to(part, gradientDType()).contiguous());
        } else if (gradientGiven) {
            gradient.add_(part);
        } else {
            gradient.copy_(part);
        }
        gradientGiven = true;
    }

    /** As {@link #accumulate}, of a tensor that the caller keeps and may change: copied where it is the first. */
    public void accumulateCopy(Tensor part) {
        accumulate(gradient == null ? Torch.copy(part, gradientDType()) : part);
    }

    /** The gradient tensor to add into in place; zeros of the value's shape if there was none. */
    public Tensor gradientBuffer() {
        if (gradient == null) {
            gradient = Scope.claim(Torch.zeros(gradientDType(), Torch.device(value), value.shape()));
        } else if (!gradientGiven) {
            gradient.zero_();
        }
        gradientGiven = true;
        return gradient;
    }

    /** Forgets the gradient and keeps its memory for the next step. */
    public void clearGradient() {
        gradientGiven = false;
    }

    /** Frees the gradient. */
    public void dropGradient() {
        if (gradient != null) {
            gradient.close();
            gradient = null;
        }
        gradientGiven = false;
    }

    @Override
    public void close() {
        dropGradient();
        dropAside();
        value.close();
    }
}
