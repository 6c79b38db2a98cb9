package dev.finetune4j.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.finetune4j.core.batch.TokenRow;
import dev.finetune4j.core.model.Decoder;
import dev.finetune4j.core.model.attention.AttentionKernels;
import dev.finetune4j.core.runtime.ComputePolicy;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.testing.GoldenDecoder;
import dev.finetune4j.core.testing.NoTensorLeak;
import dev.finetune4j.core.testing.Tolerance;
import dev.finetune4j.core.weights.Disk;
import dev.finetune4j.core.weights.SafetensorsWriter;
import dev.finetune4j.training.TrainerOptions.Interval;
import dev.finetune4j.training.checkpoint.Checkpoint;
import dev.finetune4j.training.checkpoint.Checkpoints;
import dev.finetune4j.training.checkpoint.ModelFiles;
import dev.finetune4j.training.optim.Optimizer;
import dev.finetune4j.training.optim.OptimizerFactory;
import dev.finetune4j.training.optim.ParameterGroups;
import dev.finetune4j.training.rows.RowSource;
import dev.finetune4j.training.rows.Splitter;
import dev.finetune4j.training.walk.ActivationPolicy;
import dev.finetune4j.training.walk.Walk;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agreements of the trainer once more, with a decoder in the place of the softmax model. */
@NoTensorLeak
class DecoderTrainingAgreementTest {
    @TempDir
    Path folder;

    private String optimizerName = "adamw_torch";

    private static List<TokenRow> rows() {
        List<TokenRow> rows = new ArrayList<>();
        for (int r = 0; r < 13; r++) {
            SplittableRandom random = new SplittableRandom(r);
            int[] ids = random.ints(4 + random.nextInt(20), 0, 30).toArray();
            rows.add(TokenRow.of(ids, ids.clone(), r));
        }
        return rows;
    }

    private Map<String, float[]> run(
            int batchSize, int accumulation, Splitter splitter, double epochs, @Nullable Checkpoint resume) {
        try (Scope scope = Scope.open("test");
                Decoder decoder =
                        GoldenDecoder.named("llama").load(ComputePolicy.FP32, AttentionKernels.named("fused"));
                Optimizer optimizer = OptimizerFactory.named(
                        optimizerName,
                        new OptimizerFactory.Settings(ParameterGroups.standard(0.1), 0.9, 0.999, 1e-8))) {
            decoder.parameters().all().forEach(p -> p.trainable(true));
            List<ActivationPolicy> policies =
                    Collections.nCopies(decoder.blocks().size(), ActivationPolicy.RECOMPUTE);
            Walk walk = new Walk(decoder, new Walk.Options(policies, 16, 0, 0));
            ModelFiles model = new ModelFiles() {
                @Override
                public void write(Path target) {
                    new SafetensorsWriter(Disk.DEFAULT)
                            .writeSharded(
                                    target,
                                    "model",
                                    decoder.parameters().all().stream()
                                            .map(SafetensorsWriter.Item::of)
                                            .toList(),
                                    4000);
                }

                @Override
                public long bytes() {
                    return 4 * decoder.parameters().elements();
                }
            };
            AtomicLong clock = new AtomicLong();
            TrainerParts parts = new TrainerParts(
                    walk,
                    decoder.parameters(),
                    RowSource.of(rows()),
                    RunFixture::shuffled,
                    optimizer,
                    step -> 1 - 0.1 * step,
                    List.of(),
                    List.of(),
                    new Checkpoints(folder, model, Disk.DEFAULT),
                    resume,
                    clock::incrementAndGet);
            new Trainer(parts, options(batchSize, accumulation, splitter, epochs)).run();
            Map<String, float[]> values = new LinkedHashMap<>();
            decoder.parameters().all().forEach(p -> values.put(p.name(), Torch.toFloats(p.value())));
            return values;
        }
    }

    private static TrainerOptions options(int batchSize, int accumulation, Splitter splitter, double epochs) {
        return new TrainerOptions(
                new TrainerOptions.Batching(batchSize, accumulation, epochs, -1, splitter),
                new TrainerOptions.Optimization(1e-2, 1),
                new TrainerOptions.Logging(Interval.STEPS, 1, false, false, false, 0),
                new TrainerOptions.Evaluation(Interval.NO, null, 0, false),
                new TrainerOptions.Saving(Interval.STEPS, 3, null, false),
                new TrainerOptions.Best(false, null, null, null),
                Map.of(),
                Map.of());
    }

    @Test
    void batchSizesAndSplitsAgree() {
        // Plain descent, since Adam divides by the size of a gradient and so blows up the rounding of tiny ones.
        optimizerName = "sgd";
        Map<String, float[]> expected = run(4, 1, Splitter.NONE, 1, null);
        for (Map<String, float[]> actual :
                List.of(run(1, 4, Splitter.NONE, 1, null), run(4, 1, new Splitter(25), 1, null))) {
            expected.forEach((name, values) -> {
                float largest = 0;
                for (float value : values) {
                    largest = Math.max(largest, Math.abs(value));
                }
                assertArrayEquals(values, actual.get(name), (float) (Tolerance.SUMMATION * largest), name);
            });
        }
    }

    @Test
    void goingOnFromACheckpointEqualsTheUnbrokenRun() {
        Map<String, float[]> expected = run(2, 2, Splitter.NONE, 2, null);
        Checkpoint middle = Checkpoint.open(folder.resolve("checkpoint-3"));
        assertNotNull(Checkpoints.newest(folder));
        assertEquals(8, Checkpoints.newest(folder).step());
        Map<String, float[]> actual = run(2, 2, Splitter.NONE, 2, middle);
        expected.forEach((name, values) -> assertArrayEquals(values, actual.get(name), name));
    }
}
