package dev.finetune4j.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.batch.Labels;
import dev.finetune4j.core.batch.TokenBatch;
import dev.finetune4j.core.batch.TokenRow;
import dev.finetune4j.core.error.ConfigException;
import dev.finetune4j.core.error.DataException;
import dev.finetune4j.core.error.DivergedException;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.testing.NoTensorLeak;
import dev.finetune4j.core.weights.Disk;
import dev.finetune4j.core.weights.SafetensorsFile;
import dev.finetune4j.training.TrainerOptions.Interval;
import dev.finetune4j.training.checkpoint.Checkpoint;
import dev.finetune4j.training.checkpoint.Checkpoints;
import dev.finetune4j.training.listener.RunView;
import dev.finetune4j.training.listener.TrainingListener;
import dev.finetune4j.training.rows.EpochOrder;
import dev.finetune4j.training.rows.RowSource;
import dev.finetune4j.training.walk.BatchWalk;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@NoTensorLeak
class TrainerTest {
    @TempDir
    Path folder;

    private RunFixture fixture() {
        return new RunFixture(folder);
    }

    private static final TrainerOptions.Saving EVERY_STEP = new TrainerOptions.Saving(Interval.STEPS, 1, null, false);

    @Test
    void lossesFall() {
        RunFixture fixture = fixture();
        fixture.epochs = 20;
        List<Map<String, Number>> history = fixture.run().result().state().history();
        double first = history.get(0).get("loss").doubleValue();
        double last = history.get(history.size() - 2).get("loss").doubleValue();
        assertTrue(last < 0.8 * first, first + " to " + last);
    }

    @Test
    void theSummaryHasTheTrainersFigures() {
        RunFixture fixture = fixture();
        fixture.logging = new TrainerOptions.Logging(Interval.STEPS, 1, false, true, true, 12);
        TrainingResult result = fixture.run().result();
        Map<String, Number> metrics = result.metrics();
        int tokens = 2 * RunFixture.rows(11).stream().mapToInt(TokenRow::length).sum();
        assertEquals(12.0 * tokens, metrics.get("total_flos"));
        assertEquals(2.0, metrics.get("epoch"));
        double seconds = metrics.get("train_runtime").doubleValue();
        assertEquals(22 / seconds, metrics.get("train_samples_per_second").doubleValue(), 1e-3 * 22 / seconds);
        assertEquals(6 / seconds, metrics.get("train_steps_per_second").doubleValue(), 1e-2);
        assertEquals(tokens / seconds, metrics.get("effective_tokens_per_sec").doubleValue(), 1e-2 * tokens / seconds);
        double mean = result.state().history().stream()
                .filter(e -> e.containsKey("loss"))
                .mapToDouble(e -> e.get("loss").doubleValue())
                .average()
                .orElseThrow();
        assertEquals(mean, metrics.get("train_loss").doubleValue(), 1e-12);
        assertFalse(metrics.containsKey("step"));
        assertTrue(result.phaseSeconds().get(Phase.WALK) > 0);
    }

    @Test
    void theLoggedRateIsThatOfTheStepJustMade() {
        RunFixture fixture = fixture();
        fixture.schedule = "constant_with_warmup";
        List<Map<String, Number>> history = fixture.run().result().state().history();
        assertEquals(0.0, history.get(0).get("learning_rate"));
        assertEquals(0.025, history.get(1).get("learning_rate"));
        assertEquals(0.05, history.get(2).get("learning_rate"));
    }

    @Test
    void aLossThatIsNotFiniteEndsTheRunAndNamesStepAndRow() {
        RunFixture fixture = fixture();
        fixture.order = EpochOrder.SEQUENTIAL;
        fixture.saving = EVERY_STEP;
        fixture.wrapper = walk -> new Poisoned(walk, 6, Double.NaN);
        DivergedException e = assertThrows(DivergedException.class, fixture::run);
        assertEquals(2, e.step());
        assertTrue(e.getMessage().contains("in rows 6."), e.getMessage());
        assertTrue(e.getMessage().endsWith("the last checkpoint is " + folder.resolve("checkpoint-1") + "."));
        assertEquals(1, Objects.requireNonNull(Checkpoints.newest(folder)).step());
    }

    /** A walk that gives one row a loss of its own. */
    private record Poisoned(BatchWalk walk, long row, double loss) implements BatchWalk {
        @Override
        public double count(TokenBatch batch) {
            return walk.count(batch);
        }

        @Override
        public double forwardBackward(TokenBatch batch, Position position, double scale) {
            double sum = walk.forwardBackward(batch, position, scale);
            return batch.rows().stream().anyMatch(r -> r.number() == row) ? loss : sum;
        }

        @Override
        public List<RowScore> score(TokenBatch batch) {
            List<RowScore> scores = new ArrayList<>();
            for (int i = 0; i < batch.rows().size(); i++) {
                RowScore score = walk.score(batch).get(i);
                scores.add(batch.rows().get(i).number() == row ? new RowScore(loss, loss, score.labelled(), 0) : score);
            }
            return scores;
        }
    }

    /** A walk whose gradients are too large from step 3 on, or from the first if the factor is finite. */
    private record Scaled(BatchWalk walk, double factor) implements BatchWalk {
        @Override
        public double count(TokenBatch batch) {
            return walk.count(batch);
        }

        @Override
        public double forwardBackward(TokenBatch batch, Position position, double scale) {
            boolean now = Double.isFinite(factor) || position.step() >= 3;
            return walk.forwardBackward(batch, position, now ? factor * scale : scale);
        }

        @Override
        public List<RowScore> score(TokenBatch batch) {
            return walk.score(batch);
        }
    }

    @Test
    void aGradientThatIsNotFiniteNamesItsParameter() {
        RunFixture fixture = fixture();
        fixture.wrapper = walk -> new Scaled(walk, Double.POSITIVE_INFINITY);
        DivergedException e = assertThrows(DivergedException.class, fixture::run);
        assertEquals(4, e.step());
        assertTrue(e.getMessage().contains("first in table.weight (FLOAT32)"), e.getMessage());
    }

    @Test
    void noCheckpointIsWrittenFromBrokenWeights() {
        RunFixture fixture = fixture();
        fixture.optimizer = "sgd";
        fixture.learningRate = 1e30;
        fixture.maxGradNorm = 0;
        fixture.schedule = "constant";
        fixture.warmup = 0;
        fixture.saving = EVERY_STEP;
        // The gradient is finite, the update made of it is not.
        fixture.wrapper = walk -> new Scaled(walk, 1e12);
        DivergedException e = assertThrows(DivergedException.class, fixture::run);
        assertTrue(e.getMessage().contains("no checkpoint is written"), e.getMessage());
        assertNull(Checkpoints.newest(folder));
    }

    @Test
    void aStepWithoutLabelsChangesNothingAndTheRunGoesOn() {
        List<TokenRow> rows = new ArrayList<>();
        for (TokenRow row : RunFixture.rows(8)) {
            int[] labels = row.labels().clone();
            if (row.number() < 4) {
                Arrays.fill(labels, Labels.IGNORED);
            }
            rows.add(TokenRow.of(row.ids(), labels, row.number()));
        }
        RunFixture fixture = fixture();
        fixture.source = RowSource.of(rows);
        fixture.order = EpochOrder.SEQUENTIAL;
        fixture.epochs = 1;
        List<Map<String, Number>> history = fixture.run().result().state().history();
        assertEquals(0.0, history.get(0).get("loss"));
        assertEquals(0.0, history.get(0).get("grad_norm"));
        assertTrue(history.get(1).get("loss").doubleValue() > 0);
    }

    @Test
    void anEmptyDataSetIsRefused() {
        RunFixture fixture = fixture();
        fixture.source = RowSource.of(List.of());
        DataException e = assertThrows(DataException.class, fixture::run);
        assertEquals("The training set has no rows.", e.getMessage());
    }

    @Test
    void aMetricThatNoEvaluationReportsIsNamed() {
        RunFixture fixture = fixture();
        fixture.evaluation = new TrainerOptions.Evaluation(Interval.EPOCH, null, 0, false);
        fixture.best = new TrainerOptions.Best(false, "rouge", null, 1);
        ConfigException e = assertThrows(ConfigException.class, fixture::run);
        assertTrue(e.getMessage().contains("eval_rouge") && e.getMessage().contains("eval_loss"), e.getMessage());
    }

    @Test
    void whatFollowsAMetricNeedsAnEvaluation() {
        RunFixture fixture = fixture();
        fixture.schedule = "reduce_lr_on_plateau";
        fixture.best = new TrainerOptions.Best(false, null, null, 3);
        ConfigException e = assertThrows(ConfigException.class, fixture::run);
        assertEquals(2, e.problems().size());
    }

    @Test
    void aFinishedRunLeavesItsResultsAndAStoppedOneOnlyItsState() {
        RunFixture fixture = fixture();
        fixture.saving = EVERY_STEP;
        fixture.beforeRun = Trainer::stop;
        fixture.run().result().write(Disk.DEFAULT, folder);
        assertTrue(Files.exists(folder.resolve("trainer_state.json")));
        assertFalse(Files.exists(folder.resolve("train_results.json")));
        RunFixture whole = fixture();
        whole.saving = EVERY_STEP;
        whole.run().result().write(Disk.DEFAULT, folder);
        assertTrue(Files.exists(folder.resolve("train_results.json")));
        assertTrue(Files.exists(folder.resolve("all_results.json")));
        Checkpoint last = Objects.requireNonNull(Checkpoints.newest(folder));
        assertEquals(0, Trainer.stepsLeft(Trainer.plan(11, whole.options().batching()), last));
        whole.epochs = 3;
        assertEquals(3, Trainer.stepsLeft(Trainer.plan(11, whole.options().batching()), last));
    }

    @Test
    void anEvaluationSetWithoutLabelsIsNamed() {
        TokenRow silent = TokenRow.of(new int[] {1, 2}, new int[] {Labels.IGNORED, Labels.IGNORED}, 0);
        try (SoftmaxModel model = new SoftmaxModel(0)) {
            Evaluator evaluator = new TeacherForcedEvaluator(
                    "eval_silent",
                    model,
                    RowSource.of(List.of(silent)),
                    new TeacherForcedEvaluator.Options(4, true, true, dev.finetune4j.training.rows.Splitter.NONE),
                    System::nanoTime);
            DataException e = assertThrows(DataException.class, evaluator::evaluate);
            assertTrue(e.getMessage().contains("eval_silent"), e.getMessage());
        }
    }

    @Test
    void theRunEndsWithTheWeightsOfTheBestCheckpoint() {
        RunFixture fixture = fixture();
        fixture.evaluation = new TrainerOptions.Evaluation(Interval.STEPS, 1.0, 0, false);
        fixture.saving = EVERY_STEP;
        fixture.best = new TrainerOptions.Best(true, "score", true, null);
        double[] scores = {1, 5, 2, 1, 1, 1};
        int[] next = {0};
        fixture.evaluators = List.of(() -> Map.of("eval_score", scores[next[0]++]));
        RunFixture.Outcome outcome = fixture.run();
        Path best = Objects.requireNonNull(outcome.result().best());
        assertEquals(folder.resolve("checkpoint-2"), best);
        try (Scope scope = Scope.open("test");
                SafetensorsFile saved = SafetensorsFile.open(best.resolve("model.safetensors"))) {
            outcome.values().forEach((name, values) -> assertArrayEquals(Torch.toFloats(saved.read(name)), values));
        }
    }

    @Test
    void severalEvaluationSetsAreLoggedOneByOne() throws Exception {
        RunFixture fixture = fixture();
        fixture.evaluation = new TrainerOptions.Evaluation(Interval.EPOCH, null, 0, false);
        fixture.evaluators =
                List.of(() -> Map.of("eval_a_loss", 1.0, "eval_a_exact_match", 0.25), () -> Map.of("eval_b_loss", 2.0));
        fixture.best = new TrainerOptions.Best(false, "b_loss", null, null);
        TrainingResult result = fixture.run().result();
        assertEquals(2.0, result.state().bestMetric());
        assertEquals(
                2,
                result.state().history().stream()
                        .filter(e -> e.containsKey("eval_a_loss"))
                        .count());
        assertEquals(
                2,
                Files.readAllLines(folder.resolve("trainer_log.jsonl")).stream()
                        .filter(l -> l.contains("\"eval_a_exact_match\":0.25"))
                        .count());
    }

    @Test
    void aListenersStopEndsTheRunAfterTheStep() {
        RunFixture fixture = fixture();
        fixture.listeners.add(new TrainingListener() {
            @Override
            public void stepEnded(RunView run) {
                if (run.lastLoss() > 0 && run.step() == 2) {
                    run.requestStop("seen enough");
                }
            }
        });
        TrainingResult result = fixture.run().result();
        assertEquals(2, result.stepsRun());
        assertEquals("seen enough", result.stopReason());
        assertFalse(result.stoppedByUser());
    }

    @ParameterizedTest
    @CsvSource({"sgd, 3000", "adamw_torch, 100"})
    void nativeObjectsDoNotGrowOverManySteps(String optimizer, int steps) {
        RunFixture fixture = fixture();
        fixture.optimizer = optimizer;
        fixture.maxSteps = steps;
        fixture.rows = 200;
        fixture.logging = new TrainerOptions.Logging(Interval.STEPS, 20, false, false, false, 12);
        fixture.evaluation = new TrainerOptions.Evaluation(Interval.STEPS, 50.0, 0, false);
        fixture.saving = new TrainerOptions.Saving(Interval.STEPS, 0.3, 1, false);
        List<Long> counts = new ArrayList<>();
        fixture.listeners.add(new TrainingListener() {
            @Override
            public void stepEnded(RunView run) {
                if (run.step() % 10 == 0) {
                    counts.add(Scope.liveObjects());
                }
            }
        });
        fixture.run();
        assertEquals(steps / 10, counts.size());
        assertEquals(List.of(counts.get(0)), counts.stream().distinct().toList());
    }
}
