package dev.finetune4j.core.model.layers;

import dev.finetune4j.core.model.config.NormConfig;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.weights.Parameter;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Layer norm over the last dimension (Ba et al. 2016): {@code y = w · n + b} with {@code n = (x − μ) · r},
 * {@code r = 1 / √(mean((x − μ)²) + ε)}. Computed in fp32 whatever the input's dtype; with an offset kind, w is the stored
 * weight plus one. A weight of two dimensions holds one row for each of the last but one.
 *
 * <p>Gradients, with {@code g = w · dy}: {@code dx = r · (g − mean(g) − n · mean(g · n))}, {@code dw = Σ dy · n},
 * {@code db = Σ dy} over all rows. Saves nothing.
 */
public final class LayerNorm implements Norm {
    private final @Nullable Parameter weight;
    private final @Nullable Parameter bias;
    private final NormConfig config;

    /** @param weight and {@code bias} null for the kinds without */
    public LayerNorm(@Nullable Parameter weight, @Nullable Parameter bias, NormConfig config) {
        this.weight = weight;
        this.bias = bias;
        this.config = config;
    }

    @Override
    public Tensor forward(Tensor x, Tensor into) {
        try (Scope scope = Scope.open("layer norm")) {
            Tensor y = normalised(x).n;
            Tensor factor = Norms.factor(weight, config, DType.of(y));
            if (factor != null) {
                y.mul_(factor);
            }
            if (bias != null) {
                y.add_(Torch.to(bias.value(), DType.of(y)));
            }
            return into.copy_(y);
        }
    }

    @Override
    public Tensor backward(Tensor dy, Tensor x) {
        try (Scope scope = Scope.open("layer norm backward")) {
            Normalised normalised = normalised(x);
            Tensor n = normalised.n;
            Tensor dyWide = Torch.to(dy, DType.of(n));
            if (weight != null && weight.trainable()) {
                Norms.accumulate(weight, dyWide.mul(n));
            }
            if (bias != null && bias.trainable()) {
                Norms.accumulate(bias, dyWide);
            }
            Tensor factor = Norms.factor(weight, config, DType.of(n));
            Tensor g = factor == null ? Torch.copy(dyWide, DType.of(n)) : dyWide.mul(factor);
            Tensor along = mean(g.mul(n));
            g.sub_(mean(g)).addcmul_(n, along, Torch.scalar(-1)).mul_(normalised.r);
            return scope.keep(Torch.to(g, DType.of(x)));
        }
    }

    /** n {@code [..., width]} and r {@code [..., 1]}, fp32. */
    private record Normalised(Tensor n, Tensor r) {}

    private Normalised normalised(Tensor x) {
        Tensor wide = Norms.wide(x);
        Tensor centred = wide.sub(mean(wide));
        Tensor r =
                mean(centred.mul(centred)).add_(Torch.scalar(config.epsilon())).rsqrt_();
        return new Normalised(centred.mul_(r), r);
    }

    private static Tensor mean(Tensor x) {
        return x.mean(new long[] {-1}, true, new ScalarTypeOptional());
    }

    @Override
    public List<Parameter> parameters() {
        List<Parameter> own = new ArrayList<>();
        if (weight != null) {
            own.add(weight);
        }
        if (bias != null) {
            own.add(bias);
        }
        return own;
    }
}
