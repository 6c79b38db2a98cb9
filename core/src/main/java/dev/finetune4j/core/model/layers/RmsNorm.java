package dev.finetune4j.core.model.layers;

import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.weights.Parameter;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Root mean square norm over the last dimension (Zhang and Sennrich 2019): {@code y = w · x · r} with
 * {@code r = 1 / √(mean(x²) + ε)}. Computed in fp32 whatever the input's dtype.
 *
 * <p>Gradients, with {@code g = w · dy} and H the width: {@code dx = r · g − x · r³ / H · Σ(g · x)},
 * {@code dw = Σ dy · x · r} over all rows. Saves nothing: backward computes r again from the input, one reading pass.
 */
public final class RmsNorm {
    private final Parameter weight;
    private final double epsilon;

    public RmsNorm(Parameter weight, double epsilon) {
        this.weight = weight;
        this.epsilon = epsilon;
    }

    /**
     * @param x {@code [..., width]}
     * @param dtype dtype of the result
     * @return shape of {@code x}; owned by the caller's scope
     */
    public Tensor forward(Tensor x, DType dtype) {
        return forward(x, Torch.empty(dtype, Torch.device(x), x.shape()));
    }

    /**
     * As {@link #forward(Tensor, DType)}, into memory that is there.
     *
     * @param into shape of {@code x}, in the dtype of the result
     * @return {@code into}
     */
    public Tensor forward(Tensor x, Tensor into) {
        try (Scope scope = Scope.open("rms norm")) {
            Tensor wide = wide(x);
            Tensor r = inverse(wide);
            // As transformers does: round to the input's dtype before the weight is applied.
            Tensor rounded = DType.of(into) == DType.of(x) && DType.of(x) == DType.of(wide)
                    ? torch.mul_out(into, wide, r)
                    : Torch.to(wide.mul(r), DType.of(x));
            torch.mul_out(into, rounded, Torch.to(weight.value(), DType.of(rounded)));
            return into;
        }
    }

    /**
     * Input gradient; adds to the gradient of the weight if it trains.
     *
     * @param dy gradient of the result
     * @param x input of forward
     * @return gradient in the dtype of {@code x}
     */
    public Tensor backward(Tensor dy, Tensor x) {
        try (Scope scope = Scope.open("rms norm backward")) {
            Tensor wide = wide(x);
            Tensor r = inverse(wide);
            Tensor dyWide = Torch.to(dy, DType.of(wide));
            if (weight.trainable()) {
                Tensor perRow = dyWide.mul(wide).mul_(r);
                weight.accumulate(perRow.reshape(-1, width()).sum(0));
            }
            Tensor g = dyWide.mul(Torch.to(weight.value(), DType.of(wide)));
            Tensor dot = g.mul(wide).sum(new long[] {-1}, true, new ScalarTypeOptional());
            Tensor coefficient = r.pow(Torch.scalar(3)).mul_(dot).div_(Torch.scalar(width()));
            g.mul_(r).addcmul_(wide, coefficient, Torch.scalar(-1));
            return scope.keep(Torch.to(g, DType.of(x)));
        }
    }

    private static Tensor wide(Tensor x) {
        return DType.of(x) == DType.FLOAT64 ? x : Torch.to(x, DType.FLOAT32);
    }

    /** r, {@code [..., 1]}. */
    private Tensor inverse(Tensor x) {
        Tensor norm = torch.linalg_vector_norm(x, Torch.scalar(2), new long[] {-1}, true, new ScalarTypeOptional());
        return norm.mul_(norm)
                .div_(Torch.scalar(width()))
                .add_(Torch.scalar(epsilon))
                .rsqrt_();
    }

    private long width() {
        return weight.value().size(0);
    }

    public Parameter weight() {
        return weight;
    }
}
