package dev.finetune4j.training;

import dev.finetune4j.core.batch.TokenBatch;
import dev.finetune4j.core.error.ConfigException;
import dev.finetune4j.core.error.DataException;
import dev.finetune4j.core.error.UnsupportedException;
import dev.finetune4j.core.runtime.NativeErrors;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.weights.Parameter;
import dev.finetune4j.training.checkpoint.Checkpoint;
import dev.finetune4j.training.checkpoint.TrainingState;
import dev.finetune4j.training.listener.TrainingListener;
import dev.finetune4j.training.optim.GradientClip;
import dev.finetune4j.training.optim.UpdateTiming;
import dev.finetune4j.training.rows.StepPlan;
import dev.finetune4j.training.rows.StepReader;
import dev.finetune4j.training.schedule.MetricSchedule;
import dev.finetune4j.training.schedule.Schedule;
import dev.finetune4j.training.walk.BatchWalk;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the phases of every step in the order of {@link Phase}, until epochs or steps are done, someone asks it to stop, or
 * a loss is no longer finite.
 *
 * <p>Confined to the thread that calls {@link #run}, except {@link #stop}.
 */
public final class Trainer {
    private static final Logger LOG = LoggerFactory.getLogger(Trainer.class);

    private final TrainerParts parts;
    private final TrainerOptions options;
    private final StepPlan plan;
    private final StepReader reader;
    private final RunMemory memory;
    private final Progress progress;
    private final Phase.Times times;
    private Due due;
    private boolean checkFirstLoss;
    private boolean warnedOfNoLabels;
    private @Nullable Path checkpoint;
    private int savedStep = -1;
    private volatile boolean stopRequested;

    /** One walk of a step. */
    private record Part(TokenBatch batch, BatchWalk.Position position) {}

    /**
     * @throws DataException if there are no rows
     * @throws UnsupportedException if the optimizer updates during the walk
     * @throws ConfigException if something follows a metric and nothing evaluates
     */
    public Trainer(TrainerParts parts, TrainerOptions options) {
        if (parts.optimizer().timing() != UpdateTiming.AFTER_WALK) {
            throw new UnsupportedException(
                    "This optimizer updates during the walk, which the trainer cannot do yet. Use"
                            + " one that updates after it, such as adamw_torch.");
        }
        requireEvaluation(parts.schedule(), options);
        this.parts = parts;
        this.options = options;
        this.plan = plan(parts.rows().size(), options.batching());
        this.reader = new StepReader(parts.rows(), parts.order(), plan);
        this.memory = new RunMemory(parts, options, plan);
        this.progress = memory.progress;
        this.times = new Phase.Times(parts.nanos());
        this.due = new Due(options, progress.totalSteps());
    }

    /**
     * How many updates a run over so many rows makes; what a schedule needs to know beforehand.
     *
     * @throws DataException if there are no rows
     */
    public static StepPlan plan(int rows, TrainerOptions.Batching batching) {
        if (rows == 0) {
            throw new DataException("", "The training set has no rows.");
        }
        return new StepPlan(
                rows, batching.batchSize(), batching.accumulation(), batching.epochs(), batching.maxSteps());
    }

    private static void requireEvaluation(Schedule schedule, TrainerOptions options) {
        if (options.evaluation().strategy() != TrainerOptions.Interval.NO) {
            return;
        }
        List<ConfigException.Problem> problems = new ArrayList<>();
        String advice =
                " follows an evaluation metric, but eval_strategy is no. Set eval_strategy and an eval_dataset.";
        if (schedule instanceof MetricSchedule) {
            problems.add(new ConfigException.Problem(
                    "lr_scheduler_type", "reduce_lr_on_plateau", "", "This lr_scheduler_type" + advice, ""));
        }
        if (options.best().patience() != null) {
            problems.add(
                    new ConfigException.Problem("early_stopping_steps", "", "", "early_stopping_steps" + advice, ""));
        }
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
    }

    /** Updates that a run going on from a checkpoint would still make. */
    public static int stepsLeft(StepPlan plan, Checkpoint checkpoint) {
        TrainingState.Progress progress = checkpoint.state().progress();
        return Math.max(0, plan.totalStepsFrom(progress.position(), progress.step()) - progress.step());
    }

    /** Asks the run to end after the step under way, with a checkpoint where the run writes any. Any thread. */
    public void stop() {
        stopRequested = true;
        progress.requestStop("stop requested");
    }

    /** Whether somebody's stop leaves steps undone. A stop during the last step changes nothing: the run ends with it anyway. */
    private boolean cutShort() {
        return stopRequested && progress.step() < progress.totalSteps();
    }

    /**
     * Trains.
     *
     * @throws dev.finetune4j.core.error.DivergedException if a loss, gradient or weight is not finite
     * @throws dev.finetune4j.core.error.CheckpointException if a checkpoint cannot be written or taken up
     */
    public TrainingResult run() {
        return NativeErrors.guard("training", () -> {
            try (Scope scope = Scope.open("run")) {
                return runUnguarded();
            }
        });
    }

    private TrainingResult runUnguarded() {
        start();
        if (options.evaluation().onStart() && progress.step() == 0) {
            evaluateAll();
        }
        while (!cutShort() && !(progress.ends() && !progress.insideEpoch())) {
            epoch();
        }
        if (cutShort() && options.saving().strategy() != TrainerOptions.Interval.NO) {
            save(progress.stepsOfSession() > 0 && savedStep != progress.step());
        }
        return finish();
    }

    private void start() {
        parts.checkpoints().clean();
        Checkpoint resume = parts.resume();
        if (resume != null) {
            memory.restore(resume);
            savedStep = progress.step();
            checkpoint = resume.folder();
            checkFirstLoss = true;
            due = new Due(options, progress.totalSteps());
            stopIfExhausted();
        }
        progress.start();
        tell(listener -> listener.runStarted(progress));
    }

    private void epoch() {
        progress.beginEpoch();
        tell(listener -> listener.epochStarted(progress));
        while (reader.hasMore(progress.position()) && !progress.ends()) {
            step();
        }
        // What follows an epoch is left to the resumed run if the user is waiting for this one to end.
        if (!cutShort()) {
            endEpoch();
        }
    }

    private void endEpoch() {
        progress.endEpoch();
        report(due.logAtEpochEnd());
        boolean newBest = evaluate(due.evaluateAtEpochEnd(progress.epoch()));
        save(due.saveAtEpochEnd() || savesBest(newBest));
        tell(listener -> listener.epochEnded(progress));
        if (progress.wholeEpochUsed()) {
            progress.startNextEpoch();
        }
    }

    private void step() {
        try (Scope scope = Scope.open("step")) {
            List<TokenBatch> batches = times.get(Phase.LOAD, this::load);
            double count = count(batches);
            List<Part> walks = times.get(Phase.PREPARE, () -> prepare(batches));
            parts.parameters().trainable().forEach(Parameter::reserveGradient);
            double[] sums = times.get(Phase.WALK, () -> walk(walks, count));
            double loss = times.get(Phase.REDUCE, () -> reduce(sums, count));
            List<Parameter> trainable = parts.parameters().trainable();
            double norm = times.get(Phase.CLIP, () -> clip(trainable, batches));
            double rate = times.get(Phase.UPDATE, () -> update(trainable));
            memory.losses.add(loss, norm, rate);
            progress.stepDone(rows(batches), tokens(batches), loss);
        } finally {
            parts.parameters().trainable().forEach(Parameter::clearGradient);
        }
        tell(listener -> listener.stepEnded(progress));
        report(due.log(progress.step()));
        boolean newBest = evaluate(due.evaluate(progress.step()));
        save(due.save(progress.step()) || savesBest(newBest));
    }

    private List<TokenBatch> load() {
        return reader.read(progress.position());
    }

    private double count(List<TokenBatch> batches) {
        double count = 0;
        for (TokenBatch batch : batches) {
            count += parts.walk().count(batch);
        }
        if (count == 0 && !warnedOfNoLabels) {
            warnedOfNoLabels = true;
            LOG.warn("Step {} has no labels, so it changes nothing; this is said once", progress.step() + 1);
        }
        return count;
    }

    private List<Part> prepare(List<TokenBatch> batches) {
        List<Part> walks = new ArrayList<>();
        int firstRow = 0;
        for (TokenBatch batch : batches) {
            for (TokenBatch part : options.batching().splitter().split(batch)) {
                walks.add(new Part(part, new BatchWalk.Position(progress.step(), firstRow)));
                firstRow += part.rows().size();
            }
        }
        return walks;
    }

    private double[] walk(List<Part> walks, double count) {
        double[] sums = new double[walks.size()];
        for (int i = 0; i < sums.length && count > 0; i++) {
            Part part = walks.get(i);
            sums[i] = parts.walk().forwardBackward(part.batch(), part.position(), 1 / count);
            if (!Double.isFinite(sums[i])) {
                throw divergence().ofLoss(sums[i], part.batch());
            }
        }
        return sums;
    }

    private double reduce(double[] sums, double count) {
        double total = 0;
        for (double sum : sums) {
            total += sum;
        }
        double loss = count > 0 ? total / count : 0;
        if (checkFirstLoss && memory.losses.unusual(loss)) {
            LOG.warn(
                    "The first loss after going on, {}, lies outside those before the checkpoint. Are model and data the"
                            + " same?",
                    loss);
        }
        checkFirstLoss = false;
        return loss;
    }

    private double clip(List<Parameter> trainable, List<TokenBatch> batches) {
        double norm = GradientClip.clip(trainable, options.optimization().maxGradNorm());
        if (!Double.isFinite(norm)) {
            throw divergence().ofGradients(norm, batches);
        }
        return norm;
    }

    private Divergence divergence() {
        return new Divergence(parts, progress.step() + 1, checkpoint);
    }

    private double update(List<Parameter> trainable) {
        double rate = options.optimization().learningRate() * parts.schedule().factor(progress.step());
        parts.optimizer().update(trainable, rate);
        return rate;
    }

    private void report(boolean due) {
        if (due && memory.losses.unlogged(progress.step())) {
            times.run(Phase.REPORT, () -> {
                Map<String, Number> entry = new LinkedHashMap<>();
                entry.put("loss", memory.losses.take(progress.step()));
                entry.put("grad_norm", memory.losses.gradientNorm());
                entry.put("learning_rate", memory.losses.learningRate());
                log(entry, true);
            });
        }
    }

    /** Scores every evaluation set if it is time; whether that gave the best figures so far. */
    private boolean evaluate(boolean due) {
        if (!due) {
            return false;
        }
        return times.get(Phase.EVALUATE, () -> {
            Map<String, Number> metrics = evaluateAll();
            boolean newBest = memory.best.observe(metrics, progress.step());
            stopIfExhausted();
            return newBest;
        });
    }

    private void stopIfExhausted() {
        if (memory.best.exhausted()) {
            progress.requestStop("early stopping");
        }
    }

    private Map<String, Number> evaluateAll() {
        Map<String, Number> all = new LinkedHashMap<>();
        for (Evaluator evaluator : parts.evaluators()) {
            try (Scope scope = Scope.open("evaluate")) {
                Map<String, Number> metrics = evaluator.evaluate();
                all.putAll(metrics);
                log(new LinkedHashMap<>(metrics), false);
            }
        }
        tell(listener -> listener.evaluated(progress, all));
        return all;
    }

    /** Adds an entry to the history and tells the listeners. */
    private void log(Map<String, Number> entry, boolean withSpeed) {
        entry.put("epoch", progress.epoch());
        if (options.logging().countTokens()) {
            entry.put("num_input_tokens_seen", progress.inputTokens());
            if (withSpeed) {
                Speed.addTokens(entry, "train", progress.elapsedSeconds(), progress.inputTokens());
            }
        }
        entry.put("step", progress.step());
        memory.history.add(entry);
        tell(listener -> listener.logged(progress, entry));
    }

    private boolean savesBest(boolean newBest) {
        return newBest && options.saving().strategy() == TrainerOptions.Interval.BEST;
    }

    private void save(boolean due) {
        if (due) {
            times.run(Phase.SAVE, () -> {
                try (Scope scope = Scope.open("save")) {
                    Path folder = memory.save(this.due);
                    savedStep = progress.step();
                    checkpoint = folder;
                    tell(listener -> listener.saved(progress, folder));
                }
            });
        }
    }

    private TrainingResult finish() {
        Map<String, Number> metrics = new LinkedHashMap<>();
        int steps = progress.step();
        double seconds = progress.elapsedSeconds();
        Speed.add(metrics, "train", seconds, plan.plannedRows(), progress.totalSteps());
        metrics.put("total_flos", memory.flops());
        metrics.put("train_loss", memory.losses.mean(steps));
        log(metrics, false);
        loadBest();
        if (options.logging().effectiveTokens() && seconds > 0) {
            metrics = new LinkedHashMap<>(metrics);
            metrics.put("effective_tokens_per_sec", parts.rows().tokens() * progress.epoch() / seconds);
        }
        tell(listener -> listener.runEnded(progress));
        Map<String, Number> summary = new LinkedHashMap<>(metrics);
        summary.remove("step");
        return new TrainingResult(
                summary,
                memory.trainerState(due, false),
                progress.stepsOfSession(),
                steps < progress.totalSteps() ? progress.stopReason() : null,
                cutShort(),
                cutShort() && !options.saving().onlyModel() ? checkpoint : null,
                memory.bestFolder(),
                times.seconds());
    }

    private void loadBest() {
        Path best = memory.bestFolder();
        if (best == null && options.best().loadAtEnd()) {
            LOG.warn(
                    "load_best_model_at_end: no checkpoint holds the best model, so the run ends with its last weights");
        }
        if (best == null || cutShort()) {
            return;
        }
        if (options.best().loadAtEnd()) {
            Checkpoint.open(best).restoreParameters(parts.parameters());
            LOG.info("The run ends with the weights of {}", best);
        }
        Integer limit = options.saving().totalLimit();
        if (limit != null && limit == 1) {
            // The newest was needed to resume from until now.
            parts.checkpoints().keepOnly(best);
        }
    }

    private static int rows(List<TokenBatch> batches) {
        return batches.stream().mapToInt(b -> b.rows().size()).sum();
    }

    private static long tokens(List<TokenBatch> batches) {
        return batches.stream().mapToLong(TokenBatch::length).sum();
    }

    private void tell(Consumer<TrainingListener> event) {
        parts.listeners().forEach(event);
    }
}
