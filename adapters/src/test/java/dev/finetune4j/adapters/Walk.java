package dev.finetune4j.adapters;

import dev.finetune4j.core.batch.Labels;
import dev.finetune4j.core.batch.TokenBatch;
import dev.finetune4j.core.batch.TokenRow;
import dev.finetune4j.core.model.AttentionLayout;
import dev.finetune4j.core.model.Block;
import dev.finetune4j.core.model.Decoder;
import dev.finetune4j.core.model.Flow;
import dev.finetune4j.core.model.Tape;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Draws;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/** Forward and backward over a whole decoder with all logits at once: small, for tests of what trains. */
public final class Walk {
    private final Decoder decoder;
    private final Draws draws;

    public Walk(Decoder decoder, Draws draws) {
        this.decoder = decoder;
        this.draws = draws;
    }

    /** Adds the gradients of the mean cross-entropy over labelled tokens, and returns it. */
    public double forwardBackward(TokenBatch batch) {
        List<Tape> tapes = new ArrayList<>();
        try (Scope scope = Scope.open("walk");
                NoGradGuard noGrad = new NoGradGuard()) {
            Tensor ids = decoder.ids(batch);
            Flow flow = decoder.start(ids, AttentionLayout.of(batch));
            Tensor hidden = flow.hidden();
            for (Block block : decoder.blocks()) {
                Tape tape = Tape.saving(draws, null);
                tapes.add(tape);
                hidden = block.forward(flow.with(hidden), tape);
            }
            Tensor normalised = decoder.head().normalise(hidden);
            Tensor logits = decoder.head().logits(normalised);
            Tensor slope = decoder.head().slope(logits);
            Tensor logProbs = logits.log_softmax(-1);
            Tensor gradient = logProbs.exp();
            double loss = intoGradient(batch, logProbs, gradient);
            Tensor dNormalised = decoder.head().logitsBackward(gradient, slope, normalised);
            Tensor d = Torch.to(decoder.head().normaliseBackward(dNormalised, hidden), DType.of(hidden));
            for (int i = tapes.size() - 1; i >= 0; i--) {
                d = decoder.blocks().get(i).backward(d, flow, tapes.get(i));
            }
            if (decoder.input().trains()) {
                decoder.input()
                        .backward(d, ids, decoder.positions(flow.positions().layout()));
            }
            return loss;
        } finally {
            tapes.forEach(Tape::close);
        }
    }

    /** Turns probabilities into the gradient of the loss with respect to the logits. */
    private static double intoGradient(TokenBatch batch, Tensor logProbs, Tensor probabilities) {
        long vocabulary = logProbs.size(1);
        float[] logs = Torch.toFloats(logProbs);
        float[] factors = new float[batch.length()];
        float[] targets = new float[logs.length];
        double loss = 0;
        int at = 0;
        int count = batch.labelled();
        for (TokenRow row : batch.rows()) {
            for (int t = 1; t < row.length(); t++) {
                if (row.labels()[t] != Labels.IGNORED) {
                    int index = (int) ((at + t - 1) * vocabulary + row.labels()[t]);
                    loss -= logs[index] / count;
                    factors[at + t - 1] = 1f / count;
                    targets[index] = 1f / count;
                }
            }
            at += row.length();
        }
        probabilities.mul_(Torch.floats(factors, Device.CPU).unsqueeze(1));
        probabilities.sub_(Torch.floats(targets, Device.CPU).view(batch.length(), vocabulary));
        return loss;
    }
}
