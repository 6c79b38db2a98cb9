package dev.finetune4j.core.model.experts.routing;

import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * The rule of SparseMixer-v2 without its sampling (Abdin et al. 2024, section 2): round after round the largest logit
 * wins, weighed by a softmax over the logits near it, and leaves the race. Near means
 * {@code (max − z) / max(|z|, max) ≤ 2 · tolerance}. Training samples no noise here either: weights and gradient are those
 * of the deterministic rule.
 *
 * <p>Gradient of a round, with q its softmax and i its winner: {@code dz = dw qᵢ (δᵢ − q)}.
 */
record SparseMixer(int perToken, double tolerance) implements Scoring {
    /** What one round saw: winner {@code [tokens, 1]} and softmax {@code [tokens, experts]}. */
    private record Round(Tensor winner, Tensor softmax) {}

    private List<Round> rounds(Tensor logits) {
        List<Round> rounds = new ArrayList<>();
        Tensor racing = logits;
        for (int i = 0; i < perToken; i++) {
            Tensor largest = racing.amax(new long[] {-1}, true);
            Tensor winner = racing.topk(1, -1, true, true).get1();
            Tensor magnitude = torch.maximum(logits.abs(), largest);
            Tensor far = largest.sub(logits).div_(magnitude).gt(Torch.scalar(2 * tolerance));
            Tensor near = racing.masked_fill(far, Torch.scalar(Double.NEGATIVE_INFINITY));
            rounds.add(new Round(winner, torch.softmax(near, -1)));
            racing = racing.scatter(1, winner, Torch.scalar(Double.NEGATIVE_INFINITY));
        }
        return rounds;
    }

    @Override
    public Routing choose(Tensor logits, @Nullable Tensor correction) {
        try (Scope scope = Scope.open("sparse mixer")) {
            List<Round> rounds = rounds(logits);
            Tensor[] winners = rounds.stream().map(Round::winner).toArray(Tensor[]::new);
            Tensor[] weights = rounds.stream()
                    .map(round -> round.softmax.gather(1, round.winner))
                    .toArray(Tensor[]::new);
            return new Routing(
                    scope.keep(torch.cat(new TensorVector(winners), 1)),
                    scope.keep(torch.cat(new TensorVector(weights), 1)));
        }
    }

    @Override
    public Tensor backward(Tensor weightGradient, Tensor logits, Routing routing) {
        try (Scope scope = Scope.open("sparse mixer backward")) {
            Tensor dz = Torch.zeros(DType.of(logits), Torch.device(logits), logits.shape());
            List<Round> rounds = rounds(logits);
            for (int i = 0; i < rounds.size(); i++) {
                Round round = rounds.get(i);
                Tensor dq = torch.zeros_like(logits).scatter_(1, round.winner, weightGradient.narrow(1, i, 1));
                dz.add_(SoftmaxScoring.throughSoftmax(dq, round.softmax));
            }
            return scope.keep(dz);
        }
    }
}
