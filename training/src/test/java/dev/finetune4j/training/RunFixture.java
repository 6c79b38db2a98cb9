package dev.finetune4j.training;

import dev.finetune4j.core.batch.Labels;
import dev.finetune4j.core.batch.TokenBatch;
import dev.finetune4j.core.batch.TokenRow;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.weights.Disk;
import dev.finetune4j.core.weights.Parameter;
import dev.finetune4j.core.weights.SafetensorsWriter;
import dev.finetune4j.training.TrainerOptions.Interval;
import dev.finetune4j.training.checkpoint.Checkpoint;
import dev.finetune4j.training.checkpoint.Checkpoints;
import dev.finetune4j.training.checkpoint.ModelFiles;
import dev.finetune4j.training.listener.TrainerLog;
import dev.finetune4j.training.listener.TrainingListener;
import dev.finetune4j.training.optim.Optimizer;
import dev.finetune4j.training.optim.OptimizerFactory;
import dev.finetune4j.training.optim.ParameterGroups;
import dev.finetune4j.training.rows.EpochOrder;
import dev.finetune4j.training.rows.RowSource;
import dev.finetune4j.training.rows.Splitter;
import dev.finetune4j.training.schedule.Schedule;
import dev.finetune4j.training.schedule.ScheduleFactory;
import dev.finetune4j.training.schedule.ScheduleSettings;
import dev.finetune4j.training.walk.BatchWalk;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A whole run over {@link SoftmaxModel}; tests change the fields they are about. */
final class RunFixture {
    Path folder;
    int rows = 11;
    int batchSize = 2;
    int accumulation = 2;
    double epochs = 2;
    int maxSteps = -1;
    Splitter splitter = Splitter.NONE;
    double dropout = 0.1;
    double learningRate = 0.05;
    double maxGradNorm = 1;
    String optimizer = "adamw_torch";
    String schedule = "cosine";
    Map<String, Object> scheduleKwargs = Map.of();
    int warmup = 2;
    TrainerOptions.Logging logging = new TrainerOptions.Logging(Interval.STEPS, 1, false, false, false, 12);
    TrainerOptions.Evaluation evaluation = new TrainerOptions.Evaluation(Interval.NO, null, 0, false);
    TrainerOptions.Saving saving = new TrainerOptions.Saving(Interval.NO, 500, null, false);
    TrainerOptions.Best best = new TrainerOptions.Best(false, null, null, null);
    Disk disk = Disk.DEFAULT;
    EpochOrder order = RunFixture::shuffled;
    List<TrainingListener> listeners = new ArrayList<>();

    @Nullable
    List<Evaluator> evaluators;

    @Nullable
    RowSource source;

    @Nullable
    Checkpoint resume;

    WalkWrapper wrapper = walk -> walk;
    /** Each look at the clock finds a millisecond gone. */
    LongSupplier clock = ticking();

    java.util.function.Consumer<Trainer> beforeRun = trainer -> {};
    /** Rows of each step, by number of the step from 0. */
    final Map<Long, List<Long>> walked = new TreeMap<>();

    private static LongSupplier ticking() {
        AtomicLong time = new AtomicLong();
        return () -> time.addAndGet(1_000_000);
    }

    /** Puts something between trainer and model. */
    interface WalkWrapper {
        BatchWalk wrap(BatchWalk walk);
    }

    /**
     * What is left of a run.
     *
     * @param values trainable parameters in the end
     * @param moments optimizer state in the end
     */
    record Outcome(TrainingResult result, Map<String, float[]> values, Map<String, float[]> moments) {}

    RunFixture(Path folder) {
        this.folder = folder;
    }

    static int[] shuffled(int epoch, int rows) {
        int[] order = IntStream.range(0, rows).toArray();
        SplittableRandom random = new SplittableRandom(42 + epoch);
        for (int i = rows - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swap = order[i];
            order[i] = order[j];
            order[j] = swap;
        }
        return order;
    }

    /** Rows of uneven length whose first third carries no label. */
    static List<TokenRow> rows(int count) {
        List<TokenRow> rows = new ArrayList<>();
        for (int r = 0; r < count; r++) {
            SplittableRandom random = new SplittableRandom(1000 + r);
            int[] ids = new int[3 + random.nextInt(12)];
            int[] labels = new int[ids.length];
            for (int t = 0; t < ids.length; t++) {
                ids[t] = t > 0 && random.nextInt(3) > 0
                        ? (ids[t - 1] + 1) % SoftmaxModel.VOCABULARY
                        : random.nextInt(SoftmaxModel.VOCABULARY);
                labels[t] = t < ids.length / 3 ? Labels.IGNORED : ids[t];
            }
            rows.add(TokenRow.of(ids, labels, r));
        }
        return rows;
    }

    TrainerOptions options() {
        return new TrainerOptions(
                new TrainerOptions.Batching(batchSize, accumulation, epochs, maxSteps, splitter),
                new TrainerOptions.Optimization(learningRate, maxGradNorm),
                logging,
                evaluation,
                saving,
                best,
                Map.of("data", 42L),
                Map.of("compute_dtype", "float32"));
    }

    Outcome run() {
        try (SoftmaxModel model = new SoftmaxModel(dropout);
                Optimizer made = OptimizerFactory.named(
                        optimizer, new OptimizerFactory.Settings(ParameterGroups.standard(0.1), 0.9, 0.999, 1e-8))) {
            BatchWalk walk = wrapper.wrap(recording(model));
            Trainer trainer = trainer(model, walk, made);
            beforeRun.accept(trainer);
            TrainingResult result = trainer.run();
            return new Outcome(result, values(model), moments(made));
        }
    }

    private Trainer trainer(SoftmaxModel model, BatchWalk walk, Optimizer made) {
        RowSource rowSource = source == null ? RowSource.of(rows(rows)) : source;
        List<TrainingListener> all = new ArrayList<>(listeners);
        all.add(new TrainerLog(disk, folder));
        List<Evaluator> scorers = evaluators == null
                ? List.of(new TeacherForcedEvaluator(
                        "eval",
                        walk,
                        RowSource.of(rows(5)),
                        new TeacherForcedEvaluator.Options(2, true, true, Splitter.NONE),
                        System::nanoTime))
                : evaluators;
        TrainerParts parts = new TrainerParts(
                walk,
                model.parameters,
                rowSource,
                order,
                made,
                schedule(rowSource.size()),
                scorers,
                all,
                new Checkpoints(folder, modelFiles(model), disk),
                resume,
                clock);
        return new Trainer(parts, options());
    }

    private Schedule schedule(int size) {
        int total = Trainer.plan(size, options().batching()).totalSteps();
        return ScheduleFactory.named(schedule, new ScheduleSettings(learningRate, warmup, total, scheduleKwargs));
    }

    /** A stand-in for the model folder: every parameter. */
    private ModelFiles modelFiles(SoftmaxModel model) {
        return new ModelFiles() {
            @Override
            public void write(Path target) {
                new SafetensorsWriter(disk)
                        .write(
                                target.resolve("model.safetensors"),
                                model.parameters.all().stream()
                                        .map(SafetensorsWriter.Item::of)
                                        .toList());
            }

            @Override
            public long bytes() {
                return model.parameters.all().stream()
                        .mapToLong(Parameter::bytes)
                        .sum();
            }
        };
    }

    private BatchWalk recording(SoftmaxModel model) {
        return new BatchWalk() {
            @Override
            public double count(TokenBatch batch) {
                return model.count(batch);
            }

            @Override
            public double forwardBackward(TokenBatch batch, Position position, double scale) {
                List<Long> seen = walked.compute(
                        position.step(), (s, l) -> position.firstRow() == 0 || l == null ? new ArrayList<>() : l);
                batch.rows().forEach(r -> seen.add(r.number()));
                return model.forwardBackward(batch, position, scale);
            }

            @Override
            public List<RowScore> score(TokenBatch batch) {
                return model.score(batch);
            }
        };
    }

    private static Map<String, float[]> values(SoftmaxModel model) {
        Map<String, float[]> values = new LinkedHashMap<>();
        model.parameters.trainable().forEach(p -> values.put(p.name(), Torch.toFloats(p.value())));
        return values;
    }

    private static Map<String, float[]> moments(Optimizer optimizer) {
        Map<String, float[]> moments = new LinkedHashMap<>();
        try (dev.finetune4j.core.runtime.Scope scope = dev.finetune4j.core.runtime.Scope.open("moments")) {
            optimizer
                    .state()
                    .items()
                    .forEach(
                            i -> moments.put(i.name(), Torch.toFloats(i.tensor().get())));
        }
        return moments;
    }
}
