package dev.finetune4j.core.model.experts.routing;

import dev.finetune4j.core.runtime.Scope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * {@code s = σ(z)} of each expert; chosen by {@code s + correction}, weighed by s alone (DeepSeek-AI 2024, section 2.1.2).
 * A group counts by the sum of its two largest.
 *
 * <p>Gradient: {@code dz = ds · s (1 − s)} for the chosen experts.
 */
record SigmoidScoring(Choice choice, ChosenWeights weights) implements Scoring {
    @Override
    public Routing choose(Tensor logits, @Nullable Tensor correction) {
        try (Scope scope = Scope.open("sigmoid scoring")) {
            Tensor s = logits.sigmoid();
            Tensor ids = choice.of(correction == null ? s : s.add(correction), 2);
            return new Routing(scope.keep(ids), scope.keep(weights.forward(s.gather(1, ids))));
        }
    }

    @Override
    public Tensor backward(Tensor weightGradient, Tensor logits, Routing routing) {
        try (Scope scope = Scope.open("sigmoid scoring backward")) {
            Tensor chosen = logits.gather(1, routing.ids()).sigmoid_();
            Tensor ds = weights.backward(weightGradient, routing.weights(), chosen);
            Tensor dChosen = torch.sigmoid_backward(ds, chosen);
            return scope.keep(torch.zeros_like(logits).scatter_(1, routing.ids(), dChosen));
        }
    }
}
