package dev.finetune4j.training;

import dev.finetune4j.core.error.ConfigException;
import dev.finetune4j.training.checkpoint.TrainingState;
import dev.finetune4j.training.listener.EarlyStopping;
import dev.finetune4j.training.schedule.MetricSchedule;
import dev.finetune4j.training.schedule.Schedule;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Follows one metric over the evaluations: which is the best, and whether there is still gain. */
final class BestModel {
    private static final String PREFIX = "eval_";

    private final @Nullable String metric;
    private final boolean greaterIsBetter;
    private final @Nullable EarlyStopping stopping;
    private final Schedule schedule;
    private @Nullable Double best;
    private @Nullable Integer step;
    private @Nullable Integer savedStep;

    BestModel(TrainerOptions.Best options, Schedule schedule) {
        boolean needed = options.loadAtEnd() || options.patience() != null || schedule instanceof MetricSchedule;
        String name = options.metric() == null && needed ? "loss" : options.metric();
        this.metric = name == null || name.startsWith(PREFIX) ? name : PREFIX + name;
        this.greaterIsBetter =
                options.greaterIsBetter() != null ? options.greaterIsBetter() : name != null && !name.endsWith("loss");
        this.stopping = options.patience() == null ? null : new EarlyStopping(options.patience(), 0, greaterIsBetter);
        this.schedule = schedule;
    }

    /**
     * Takes the figures of an evaluation.
     *
     * @return whether it is the best so far
     */
    boolean observe(Map<String, Number> metrics, int atStep) {
        if (metric == null) {
            return false;
        }
        double value = value(metrics, metric);
        if (stopping != null) {
            stopping.observe(value, best);
        }
        if (schedule instanceof MetricSchedule follower) {
            follower.observe(value);
        }
        boolean better = best == null ? !Double.isNaN(value) : greaterIsBetter ? value > best : value < best;
        if (better) {
            best = value;
            step = atStep;
        }
        return better;
    }

    private static double value(Map<String, Number> metrics, String name) {
        Number value = metrics.get(name);
        if (value == null) {
            throw new ConfigException(new ConfigException.Problem(
                    "metric_for_best_model",
                    name,
                    "",
                    "metric_for_best_model: the evaluation reports no " + name + ". It reports "
                            + String.join(", ", metrics.keySet()) + ".",
                    ""));
        }
        return value.doubleValue();
    }

    /** Notes that a checkpoint is about to be written at a step; if it is the best one, it is the one to end with. */
    void saving(int atStep) {
        if (step != null && step == atStep) {
            savedStep = atStep;
        }
    }

    /** Step of the best model that a checkpoint holds; null if none does. */
    @Nullable
    Integer savedStep() {
        return savedStep;
    }

    /** Forgets the checkpoint, which someone deleted. */
    void unsaved() {
        savedStep = null;
    }

    /** Whether early stopping has run out of patience. */
    boolean exhausted() {
        return stopping != null && stopping.exhausted();
    }

    @Nullable
    Integer step() {
        return step;
    }

    @Nullable
    Double best() {
        return best;
    }

    @Nullable
    EarlyStopping stopping() {
        return stopping;
    }

    TrainingState.Best state() {
        return new TrainingState.Best(best, step, savedStep, stopping == null ? 0 : stopping.withoutGain());
    }

    void restore(TrainingState.Best state) {
        best = state.metric();
        step = state.step();
        savedStep = state.savedStep();
        if (stopping != null) {
            stopping.restore(state.withoutGain());
        }
    }
}
