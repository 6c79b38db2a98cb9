package dev.finetune4j.core.model.attention;

import dev.finetune4j.core.model.attention.AttentionKernel.Result;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.weights.Parameter;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A learned score of each head that takes part in its softmaxes and carries no value. With p its weight in a row,
 * {@code p = exp(sink − lse)}, the outputs of the other keys shrink by {@code 1 − p}, and since its value is zero its
 * gradient is {@code −Σ p (do · o)} over the rows.
 */
final class Sinks {
    private Sinks() {}

    /** Turns the result of softmaxes without sinks into one with them, in place. */
    static void join(Result result, Parameter sinks) {
        try (Scope scope = Scope.open("sinks")) {
            Tensor sink = column(sinks, result);
            Tensor lse = result.statistics();
            Tensor kept = lse.sub(sink).sigmoid_().t().unsqueeze(2);
            result.output().mul_(Torch.to(kept, DType.of(result.output())));
            lse.copy_(torch.logaddexp(lse, sink));
        }
    }

    /** Adds the gradient of sinks that train. */
    static void accumulate(Parameter sinks, Tensor gradient, Result saved) {
        if (!sinks.trainable()) {
            return;
        }
        try (Scope scope = Scope.open("sinks backward")) {
            DType wide = DType.of(saved.statistics());
            Tensor dot = Torch.to(gradient, wide)
                    .mul(Torch.to(saved.output(), wide))
                    .sum(new long[] {-1}, false, new ScalarTypeOptional());
            Tensor p = column(sinks, saved).sub(saved.statistics()).exp_();
            Tensor rows = p.mul_(dot.t());
            sinks.accumulate(
                    rows.sum(new long[] {1}, false, new ScalarTypeOptional()).neg_());
        }
    }

    /** {@code [heads, 1]} in the dtype of the statistics. */
    private static Tensor column(Parameter sinks, Result result) {
        return Torch.to(sinks.value(), DType.of(result.statistics())).unsqueeze(1);
    }
}
