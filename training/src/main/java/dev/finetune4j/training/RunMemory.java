package dev.finetune4j.training;

import dev.finetune4j.core.error.CheckpointException;
import dev.finetune4j.core.error.DivergedException;
import dev.finetune4j.core.weights.Parameter;
import dev.finetune4j.core.weights.SafetensorsWriter.Item;
import dev.finetune4j.training.checkpoint.Checkpoint;
import dev.finetune4j.training.checkpoint.Snapshot;
import dev.finetune4j.training.checkpoint.TrainingState;
import dev.finetune4j.training.listener.CheckpointPart;
import dev.finetune4j.training.listener.EarlyStopping;
import dev.finetune4j.training.listener.TrainerState;
import dev.finetune4j.training.optim.GradientClip;
import dev.finetune4j.training.rows.StepPlan;
import dev.finetune4j.training.schedule.MetricSchedule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Everything of a run that changes and must outlive the process: taken down for a checkpoint, and taken up from one. */
final class RunMemory {
    private static final Logger LOG = LoggerFactory.getLogger(RunMemory.class);

    final Progress progress;
    final LossWindow losses = new LossWindow();
    final BestModel best;
    final List<Map<String, Number>> history = new ArrayList<>();
    private final TrainerParts parts;
    private final TrainerOptions options;
    private final StepPlan plan;

    RunMemory(TrainerParts parts, TrainerOptions options, StepPlan plan) {
        this.parts = parts;
        this.options = options;
        this.plan = plan;
        this.progress = new Progress(plan, options.logging().countTokens(), parts.nanos());
        this.best = new BestModel(options.best(), parts.schedule());
    }

    /** Writes a checkpoint and deletes those beyond the limit; returns its folder. */
    Path save(Due due) {
        requireFiniteWeights();
        int step = progress.step();
        best.saving(step);
        Path folder = parts.checkpoints().write(snapshot(due)).folder();
        parts.checkpoints().prune(options.saving().totalLimit(), step, best.savedStep());
        return folder;
    }

    private void requireFiniteWeights() {
        for (Parameter parameter : parts.parameters().trainable()) {
            if (!GradientClip.finite(parameter.value())) {
                throw new DivergedException(
                        progress.step(),
                        Double.NaN,
                        "After step " + progress.step() + " the weights of " + parameter.name()
                                + " are not finite, so no checkpoint is written from them. Lower learning_rate, or go on"
                                + " from an earlier checkpoint with one.");
            }
        }
    }

    private Snapshot snapshot(Due due) {
        boolean resumable = !options.saving().onlyModel();
        List<Item> trainable = new ArrayList<>();
        if (resumable || options.best().loadAtEnd()) {
            parts.parameters().trainable().forEach(p -> trainable.add(Item.of(p)));
        }
        List<CheckpointPart> files = new ArrayList<>();
        parts.listeners().forEach(listener -> {
            if (listener instanceof CheckpointPart part) {
                files.add(part);
            }
        });
        List<Item> optimizer = resumable ? parts.optimizer().state().items() : List.of();
        return new Snapshot(state(resumable), trainerState(due, true), trainable, optimizer, files);
    }

    private TrainingState state(boolean resumable) {
        Map<String, Double> schedule =
                parts.schedule() instanceof MetricSchedule follower ? follower.state() : Map.of();
        TrainerOptions.Batching batching = options.batching();
        return new TrainingState(
                TrainingState.VERSION,
                progress.state(),
                losses.state(),
                best.state(),
                schedule,
                new TrainingState.Batching(plan.rows(), batching.batchSize(), batching.accumulation()),
                options.seeds(),
                options.decisions(),
                resumable,
                Map.of());
    }

    /** What {@code trainer_state.json} says now. */
    TrainerState trainerState(Due due, boolean saving) {
        return new TrainerState(
                progress.step(),
                progress.totalSteps(),
                progress.epoch(),
                plan.epochsStarted(),
                due.loggingSteps(),
                due.evaluationSteps(),
                due.savingSteps(),
                plan.batchSize(),
                progress.inputTokens(),
                flops(),
                best.best(),
                best.step(),
                bestFolder() == null ? null : String.valueOf(bestFolder()),
                listenerStates(saving),
                history);
    }

    double flops() {
        return progress.walkedTokens() * options.logging().flopsPerToken();
    }

    /** Folder of the best checkpoint; null if none was written. */
    @Nullable
    Path bestFolder() {
        Integer step = best.savedStep();
        return step == null ? null : parts.checkpoints().folder(step);
    }

    private Map<String, Object> listenerStates(boolean saving) {
        Map<String, Object> states = new LinkedHashMap<>();
        EarlyStopping stopping = best.stopping();
        if (stopping != null) {
            states.put(
                    "EarlyStoppingCallback",
                    Map.of(
                            "args",
                            Map.of(
                                    "early_stopping_patience", stopping.patience(),
                                    "early_stopping_threshold", stopping.threshold()),
                            "attributes",
                            Map.of("early_stopping_patience_counter", stopping.withoutGain())));
        }
        Map<String, Boolean> control = Map.of(
                "should_epoch_stop", false,
                "should_evaluate", false,
                "should_log", false,
                "should_save", saving,
                "should_training_stop", progress.ends());
        states.put("TrainerControl", Map.of("args", control, "attributes", Map.of()));
        return states;
    }

    /** Takes up a checkpoint. */
    void restore(Checkpoint checkpoint) {
        TrainingState state = checkpoint.state();
        if (state.batching().rows() != plan.rows()) {
            throw new CheckpointException(checkpoint.folder() + ": was written over "
                    + state.batching().rows()
                    + " rows, but the training set has " + plan.rows()
                    + " now, so its position means nothing. Restore the"
                    + " data set, or start a new run from its weights.");
        }
        int tensors = checkpoint.restoreParameters(parts.parameters());
        tensors += checkpoint.restoreOptimizer(parts.optimizer(), parts.parameters());
        progress.restore(state.progress());
        losses.restore(state.losses());
        best.restore(state.best());
        if (parts.schedule() instanceof MetricSchedule follower) {
            follower.restore(state.schedule());
        }
        Path bestFolder = bestFolder();
        if (bestFolder != null && !Files.isDirectory(bestFolder)) {
            best.unsaved();
        }
        history.addAll(checkpoint.history());
        parts.listeners().forEach(listener -> {
            if (listener instanceof CheckpointPart part) {
                checkpoint.restorePart(part);
            }
        });
        warnOfDifferences(state);
        LOG.info(
                "Going on from {}: step {} of {}, {} rows of epoch {} left, {} tensors restored",
                checkpoint.folder(),
                progress.step(),
                progress.totalSteps(),
                plan.rows() - progress.position().row(),
                progress.position().epoch() + 1,
                tensors);
    }

    private void warnOfDifferences(TrainingState state) {
        options.seeds()
                .forEach((name, seed) -> warn("seed of " + name, state.seeds().get(name), seed));
        options.decisions()
                .forEach((name, value) -> warn(name, state.decisions().get(name), value));
        warn("per_device_train_batch_size", state.batching().batchSize(), plan.batchSize());
        warn("gradient_accumulation_steps", state.batching().accumulation(), plan.accumulation());
    }

    private static void warn(String name, @Nullable Object before, Object now) {
        if (!now.equals(before)) {
            LOG.warn(
                    "{} was {} when the checkpoint was written and is {} now: the run goes on, but not as the unbroken one"
                            + " would have",
                    name,
                    before,
                    now);
        }
    }
}
