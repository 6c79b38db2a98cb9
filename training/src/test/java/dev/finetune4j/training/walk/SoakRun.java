package dev.finetune4j.training.walk;

import dev.finetune4j.core.batch.TokenBatch;
import dev.finetune4j.core.batch.TokenRow;
import dev.finetune4j.core.model.Decoder;
import dev.finetune4j.core.model.attention.AttentionKernels;
import dev.finetune4j.core.runtime.ComputePolicy;
import dev.finetune4j.core.testing.GoldenDecoder;
import dev.finetune4j.core.testing.SoakLine;
import dev.finetune4j.core.weights.Parameter;
import dev.finetune4j.training.optim.AdamW;
import dev.finetune4j.training.optim.GradientClip;
import dev.finetune4j.training.optim.Optimizer;
import dev.finetune4j.training.optim.OptimizerFactory;
import dev.finetune4j.training.optim.ParameterGroups;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Trains a tiny decoder on rows of random lengths and prints a {@link SoakLine} every so often.
 */
final class SoakRun {
    private static final int VOCABULARY = 96;
    private static final int EVERY = 25;

    private SoakRun() {}

    public static void main(String[] arguments) {
        int steps = Integer.parseInt(arguments[0]);
        try (Decoder decoder = GoldenDecoder.named("llama").load(ComputePolicy.FP32, AttentionKernels.named("fused"));
                Optimizer optimizer =
                        new AdamW(new OptimizerFactory.Settings(ParameterGroups.standard(0.01), 0.9, 0.999, 1e-8))) {
            decoder.parameters().all().forEach(p -> p.trainable(true));
            Walk walk = new Walk(
                    decoder, new Walk.Options(List.of(ActivationPolicy.KEEP, ActivationPolicy.RECOMPUTE), 16, 0.1, 7));
            SplittableRandom random = new SplittableRandom(5);
            for (int step = 1; step <= steps; step++) {
                double loss = step(walk, decoder, optimizer, batch(random), step);
                if (step % EVERY == 0) {
                    SoakLine.print(step, loss);
                }
            }
        }
    }

    private static double step(Walk walk, Decoder decoder, Optimizer optimizer, TokenBatch batch, int step) {
        double count = walk.count(batch);
        double loss = walk.forwardBackward(batch, new BatchWalk.Position(step, 0), 1 / count);
        List<Parameter> trained = decoder.parameters().trainable();
        GradientClip.clip(trained, 1);
        optimizer.update(trained, 1e-3);
        trained.forEach(Parameter::dropGradient);
        if (step % 10 == 0) {
            walk.score(batch);
        }
        return loss / count;
    }

    /** One to four rows of 2 to 90 tokens that count up, so that there is something to learn. */
    private static TokenBatch batch(SplittableRandom random) {
        List<TokenRow> rows = new ArrayList<>();
        int count = 1 + random.nextInt(4);
        for (int r = 0; r < count; r++) {
            int[] ids = new int[2 + random.nextInt(89)];
            ids[0] = random.nextInt(VOCABULARY);
            for (int t = 1; t < ids.length; t++) {
                ids[t] = (ids[t - 1] + 1) % VOCABULARY;
            }
            rows.add(TokenRow.of(ids, ids, r));
        }
        return new TokenBatch(rows);
    }
}
