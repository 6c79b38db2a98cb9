package dev.finetune4j.core.model.experts.routing;

import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/** Chooses by the logits themselves and weighs the chosen ones among each other or one by one. */
record LogitScoring(Choice choice, Weigh weigh, double scaling) implements Scoring {
    /** From chosen logits to weights. */
    enum Weigh {
        /** {@code dz = w · (dw − Σ dw w)}. */
        SOFTMAX {
            @Override
            Tensor forward(Tensor z) {
                return torch.softmax(z, -1);
            }

            @Override
            Tensor backward(Tensor dw, Tensor w) {
                return SoftmaxScoring.throughSoftmax(dw, w);
            }
        },
        /** {@code dz = dw · w (1 − w)}. */
        SIGMOID {
            @Override
            Tensor forward(Tensor z) {
                return z.sigmoid();
            }

            @Override
            Tensor backward(Tensor dw, Tensor w) {
                return torch.sigmoid_backward(dw, w);
            }
        };

        abstract Tensor forward(Tensor z);

        /** @param dw may be overwritten */
        abstract Tensor backward(Tensor dw, Tensor w);
    }

    @Override
    public Routing choose(Tensor logits, @Nullable Tensor correction) {
        try (Scope scope = Scope.open("logit scoring")) {
            Tensor ids = choice.of(correction == null ? logits : logits.add(correction), 1);
            Tensor weights = weigh.forward(logits.gather(1, ids)).mul_(Torch.scalar(scaling));
            return new Routing(scope.keep(ids), scope.keep(weights));
        }
    }

    @Override
    public Tensor backward(Tensor weightGradient, Tensor logits, Routing routing) {
        try (Scope scope = Scope.open("logit scoring backward")) {
            Tensor unscaled = weigh.forward(logits.gather(1, routing.ids()));
            Tensor dChosen = weigh.backward(weightGradient.mul(Torch.scalar(scaling)), unscaled);
            return scope.keep(torch.zeros_like(logits).scatter_(1, routing.ids(), dChosen));
        }
    }
}
