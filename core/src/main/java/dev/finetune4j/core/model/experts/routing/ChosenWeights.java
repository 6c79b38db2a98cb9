package dev.finetune4j.core.model.experts.routing;

import dev.finetune4j.core.runtime.Torch;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;

/**
 * Weights of the chosen experts from their scores c: {@code w = s c}, or {@code w = s c / Σ c} where they are normalised.
 *
 * <p>Gradients: {@code dc = s dw}, or {@code dc = (s dw − Σ dw w) / Σ c}.
 *
 * @param scaling s
 */
record ChosenWeights(boolean normalised, double scaling) {
    /** Keeps a sum of sigmoids that all vanish from dividing by zero. */
    private static final double SMALL = 1e-20;

    Tensor forward(Tensor chosen) {
        Tensor scaled = chosen.mul(Torch.scalar(scaling));
        return normalised ? scaled.div_(sum(chosen)) : scaled;
    }

    /** In the caller's scope, like what it leaves there. */
    Tensor backward(Tensor dw, Tensor weights, Tensor chosen) {
        Tensor scaled = dw.mul(Torch.scalar(scaling));
        return normalised ? scaled.sub_(overExperts(dw.mul(weights))).div_(sum(chosen)) : scaled;
    }

    private static Tensor sum(Tensor chosen) {
        return overExperts(chosen).add_(Torch.scalar(SMALL));
    }

    static Tensor overExperts(Tensor values) {
        return values.sum(new long[] {-1}, true, new ScalarTypeOptional());
    }
}
