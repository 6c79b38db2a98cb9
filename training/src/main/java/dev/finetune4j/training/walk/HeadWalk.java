package dev.finetune4j.training.walk;

import dev.finetune4j.core.model.Head;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;

/**
 * The head's part of the walk: next-token cross entropy of the labelled tokens, chunk by chunk, so that the logits of a
 * batch never exist whole and a token without a label costs nothing.
 *
 * <p>With p the softmax of a token's logits, y its label and V the vocabulary, the loss is
 * {@code −(1 − ε) ln p(y) − ε / V · Σ ln p}, ε being the label smoothing (Szegedy et al. 2016, section 7), and its gradient
 * with respect to the logits is {@code p − (1 − ε) [y] − ε / V}. The loss is linear in the log-probabilities with factors
 * known beforehand, so one pass over the chunks gives loss and gradient.
 */
final class HeadWalk {
    private final Head head;
    private final int chunk;
    private final double smoothing;

    HeadWalk(Head head, int chunk, double smoothing) {
        this.head = head;
        this.chunk = chunk;
        this.smoothing = smoothing;
    }

    /**
     * What comes back from the head.
     *
     * @param lossSum sum of the losses of all labelled tokens, unscaled
     * @param gradient of the hidden states {@code [tokens, hidden]}, scaled; owned by the caller's scope
     */
    record Outcome(double lossSum, Tensor gradient) {}

    /**
     * @param hidden hidden states after the last block {@code [tokens, hidden]}
     * @param tokens at least one
     */
    Outcome forwardBackward(Tensor hidden, LabelledTokens tokens, double scale) {
        try (Scope scope = Scope.open("head")) {
            Device device = Torch.device(hidden);
            Tensor sources = Torch.ints(tokens.sources(), device);
            Tensor labels = Torch.ints(tokens.labels(), device);
            Tensor chosen = hidden.index_select(0, sources);
            Tensor normalised = head.normalise(chosen);
            Tensor gradient = Torch.empty(DType.of(normalised), device, normalised.shape());
            Tensor lossSum = Torch.zeros(DType.FLOAT64, device, 1);
            eachChunk(tokens.size(), (start, size) -> {
                Tensor part = normalised.narrow(0, start, size);
                Tensor logits = head.logits(part);
                Tensor slope = head.slope(logits);
                lossSum.add_(loss(logits, labels.narrow(0, start, size), scale));
                gradient.narrow(0, start, size).copy_(head.logitsBackward(logits, slope, part));
            });
            Tensor dChosen = head.normaliseBackward(gradient, chosen);
            Tensor dHidden = Torch.zeros(DType.of(hidden), device, hidden.shape());
            dHidden.index_copy_(0, sources, dChosen);
            return new Outcome(lossSum.item_double(), scope.keep(dHidden));
        }
    }

    /** What is done with {@code size} tokens from {@code start}. */
    private interface ChunkAction {
        void accept(int start, int size);
    }

    /** As few chunks as possible, none much smaller than the others: each reads the whole matrix. */
    private void eachChunk(int tokens, ChunkAction action) {
        int chunks = (tokens + chunk - 1) / chunk;
        for (int i = 0, start = 0; i < chunks; i++) {
            int size = (tokens - start + chunks - i - 1) / (chunks - i);
            try (Scope scope = Scope.open("head chunk")) {
                action.accept(start, size);
            }
            start += size;
        }
    }

    /** Sum of the losses, fp64; overwrites {@code logits} by their scaled gradient. */
    private Tensor loss(Tensor logits, Tensor labels, double scale) {
        long vocabulary = logits.size(1);
        Tensor index = labels.unsqueeze(1);
        Tensor largest = logits.amax(new long[] {1}, true);
        Tensor right = logits.gather(1, index).sub_(largest);
        Tensor mean = smoothing == 0
                ? null
                : logits.mean(new long[] {1}, true, new ScalarTypeOptional()).sub_(largest);
        logits.sub_(largest).exp_();
        Tensor denominator = logits.sum(new long[] {1}, true, new ScalarTypeOptional());
        Tensor logDenominator = denominator.log();
        Tensor losses = logDenominator.sub(right);
        if (mean != null) {
            losses.mul_(Torch.scalar(1 - smoothing)).add_(logDenominator.sub(mean), Torch.scalar(smoothing));
        }
        logits.mul_(denominator.reciprocal_().mul_(Torch.scalar(scale)));
        if (smoothing > 0) {
            logits.sub_(Torch.scalar(scale * smoothing / vocabulary));
        }
        Tensor one = Torch.zeros(DType.of(logits), Torch.device(logits), index.shape())
                .fill_(Torch.scalar(-scale * (1 - smoothing)));
        logits.scatter_add_(1, index, one);
        return Torch.to(losses, DType.FLOAT64).sum();
    }

    /**
     * Scores of labelled tokens without gradients.
     *
     * @param losses plain cross entropy of each, fp64 values as Java numbers
     * @param smoothed the same with label smoothing
     * @param right whether the arg max is the label
     */
    record Scores(double[] losses, double[] smoothed, boolean[] right) {}

    /** Scores every labelled token. */
    Scores score(Tensor hidden, LabelledTokens tokens) {
        Scores scores = new Scores(new double[tokens.size()], new double[tokens.size()], new boolean[tokens.size()]);
        try (Scope scope = Scope.open("head scores")) {
            Device device = Torch.device(hidden);
            Tensor labels = Torch.ints(tokens.labels(), device);
            Tensor normalised = head.normalise(hidden.index_select(0, Torch.ints(tokens.sources(), device)));
            eachChunk(tokens.size(), (start, size) -> {
                Tensor logits = head.logits(normalised.narrow(0, start, size));
                score(logits, labels.narrow(0, start, size), start, scores);
            });
        }
        return scores;
    }

    private void score(Tensor logits, Tensor labels, int start, Scores scores) {
        Tensor lse = Torch.to(logits.logsumexp(1), DType.FLOAT64);
        Tensor right = Torch.to(logits.gather(1, labels.unsqueeze(1)).squeeze(1), DType.FLOAT64);
        float[] plain = Torch.toFloats(lse.sub(right));
        float[] uniform = Torch.toFloats(lse.sub(Torch.to(logits.mean(1), DType.FLOAT64)));
        long[] best = Torch.toLongs(logits.argmax(new org.bytedeco.pytorch.LongOptional(1), false));
        long[] expected = Torch.toLongs(labels);
        for (int i = 0; i < plain.length; i++) {
            scores.losses[start + i] = plain[i];
            scores.smoothed[start + i] = (1 - smoothing) * plain[i] + smoothing * uniform[i];
            scores.right[start + i] = best[i] == expected[i];
        }
    }
}
