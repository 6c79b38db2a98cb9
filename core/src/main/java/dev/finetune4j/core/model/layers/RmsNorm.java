package dev.finetune4j.core.model.layers;

import dev.finetune4j.core.model.config.NormConfig;
import dev.finetune4j.core.model.config.NormConfig.Kind;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.weights.Parameter;
import java.util.List;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * Root mean square norm over the last dimension (Zhang and Sennrich 2019): {@code y = w · x · r} with
 * {@code r = 1 / √(mean(x²) + ε)}. Computed in fp32 whatever the input's dtype; with an offset kind, w is the stored weight
 * plus one. A weight of two dimensions holds one row for each of the last but one.
 *
 * <p>Gradients, with {@code g = w · dy} and H the width: {@code dx = r · g − x · r³ / H · Σ(g · x)},
 * {@code dw = Σ dy · x · r} over all rows. Saves nothing: backward computes r again from the input, one reading pass.
 */
public final class RmsNorm implements Norm {
    private final @Nullable Parameter weight;
    private final NormConfig config;

    /** The kind that rounds before the weight is applied. */
    public RmsNorm(Parameter weight, double epsilon) {
        this(weight, new NormConfig(Kind.RMS, epsilon));
    }

    /** @param weight null for the kind without */
    public RmsNorm(@Nullable Parameter weight, NormConfig config) {
        this.weight = weight;
        this.config = config;
    }

    @Override
    public Tensor forward(Tensor x, Tensor into) {
        try (Scope scope = Scope.open("rms norm")) {
            Tensor wide = Norms.wide(x);
            Tensor r = inverse(wide);
            if (config.kind() == Kind.RMS && weight != null) {
                // As transformers does: round to the input's dtype before the weight is applied.
                Tensor rounded = DType.of(into) == DType.of(x) && DType.of(x) == DType.of(wide)
                        ? torch.mul_out(into, wide, r)
                        : Torch.to(wide.mul(r), DType.of(x));
                torch.mul_out(into, rounded, Torch.to(weight.value(), DType.of(rounded)));
                return into;
            }
            Tensor factor = Norms.factor(weight, config, DType.of(wide));
            if (DType.of(into) == DType.of(wide)) {
                torch.mul_out(into, wide, r);
                return factor == null ? into : into.mul_(factor);
            }
            Tensor y = wide.mul(r);
            return into.copy_(factor == null ? y : y.mul_(factor));
        }
    }

    @Override
    public Tensor backward(Tensor dy, Tensor x) {
        try (Scope scope = Scope.open("rms norm backward")) {
            Tensor wide = Norms.wide(x);
            Tensor r = inverse(wide);
            Tensor dyWide = Torch.to(dy, DType.of(wide));
            if (weight != null && weight.trainable()) {
                Norms.accumulate(weight, dyWide.mul(wide).mul_(r));
            }
            Tensor factor = Norms.factor(weight, config, DType.of(wide));
            Tensor g = factor == null ? Torch.copy(dyWide, DType.of(wide)) : dyWide.mul(factor);
            Tensor dot = g.mul(wide).sum(new long[] {-1}, true, new ScalarTypeOptional());
            Tensor coefficient = r.pow(Torch.scalar(3)).mul_(dot).div_(Torch.scalar(width(x)));
            g.mul_(r).addcmul_(wide, coefficient, Torch.scalar(-1));
            return scope.keep(Torch.to(g, DType.of(x)));
        }
    }

    /** r, {@code [..., 1]}. */
    private Tensor inverse(Tensor x) {
        Tensor norm = torch.linalg_vector_norm(x, Torch.scalar(2), new long[] {-1}, true, new ScalarTypeOptional());
        return norm.mul_(norm)
                .div_(Torch.scalar(width(x)))
                .add_(Torch.scalar(config.epsilon()))
                .rsqrt_();
    }

    private static long width(Tensor x) {
        return x.size(-1);
    }

    @Override
    public List<Parameter> parameters() {
        return weight == null ? List.of() : List.of(weight);
    }
}
