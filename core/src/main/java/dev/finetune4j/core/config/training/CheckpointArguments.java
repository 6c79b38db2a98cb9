package dev.finetune4j.core.config.training;

import dev.finetune4j.core.config.declare.Check;
import dev.finetune4j.core.config.declare.Default;
import dev.finetune4j.core.config.declare.Later;
import org.jspecify.annotations.Nullable;

/**
 * When the run is saved.
 *
 * @param saveStrategy {@code steps}, {@code epoch}, or {@code no}. Default: steps
 * @param saveSteps steps between checkpoints, or a share of the run below 1; the end of the run is always saved.
 *     Default: 500
 * @param saveTotalLimit checkpoints kept, the newest and the best; ≥ 1. Default: none
 * @param saveOnlyModel leave out optimizer, schedule and random state; such a checkpoint cannot be resumed. Default:
 *     false
 * @param resumeFromCheckpoint checkpoint folder to go on from, or {@code true} for the newest below
 *     {@code output_dir}. Default: none
 */
public record CheckpointArguments(
        @Later("best") @Default("steps") IntervalStrategy saveStrategy,
        @Default("500") double saveSteps,
        @Nullable Integer saveTotalLimit,
        @Default("false") boolean saveOnlyModel,
        @Nullable String resumeFromCheckpoint) {
    /** {@code resume_from_checkpoint: false} is the same as leaving it out. */
    public CheckpointArguments {
        new Check()
                .interval("save_steps", saveSteps)
                .atLeast("save_total_limit", saveTotalLimit, 1)
                .done();
        resumeFromCheckpoint = "false".equalsIgnoreCase(resumeFromCheckpoint) ? null : resumeFromCheckpoint;
    }

    /** Whether the newest checkpoint below {@code output_dir} is asked for, without naming one. */
    public boolean resumesNewest() {
        return "true".equalsIgnoreCase(resumeFromCheckpoint);
    }

    /** Steps between checkpoints in a run of {@code totalSteps}. */
    public int every(int totalSteps) {
        return Interval.of(saveSteps, totalSteps);
    }
}
