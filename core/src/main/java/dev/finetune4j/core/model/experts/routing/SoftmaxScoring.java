package dev.finetune4j.core.model.experts.routing;

import dev.finetune4j.core.runtime.Scope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * {@code p = softmax(z)} over all experts; the largest are chosen and weighed by p (Fedus et al. 2021; Jiang et al. 2024,
 * section 2.1). A group counts by its largest.
 *
 * <p>Gradient: {@code dz = p · (dp − Σ dp p)}, with dp zero for experts that were not chosen.
 */
record SoftmaxScoring(Choice choice, ChosenWeights weights) implements Scoring {
    @Override
    public Routing choose(Tensor logits, @Nullable Tensor correction) {
        try (Scope scope = Scope.open("softmax scoring")) {
            Tensor p = torch.softmax(logits, -1);
            Tensor ids = choice.of(correction == null ? p : p.add(correction), 1);
            return new Routing(scope.keep(ids), scope.keep(weights.forward(p.gather(1, ids))));
        }
    }

    @Override
    public Tensor backward(Tensor weightGradient, Tensor logits, Routing routing) {
        try (Scope scope = Scope.open("softmax scoring backward")) {
            Tensor p = torch.softmax(logits, -1);
            Tensor dChosen = weights.backward(weightGradient, routing.weights(), p.gather(1, routing.ids()));
            Tensor dp = torch.zeros_like(p).scatter_(1, routing.ids(), dChosen);
            return scope.keep(throughSoftmax(dp, p));
        }
    }

    /** {@code p · (dp − Σ dp p)}, in the memory of {@code dp}. */
    static Tensor throughSoftmax(Tensor dp, Tensor p) {
        return dp.sub_(ChosenWeights.overExperts(dp.mul(p))).mul_(p);
    }
}
