package dev.finetune4j.core.config.training;

import dev.finetune4j.core.config.declare.Default;
import org.jspecify.annotations.Nullable;

/**
 * The training run: which phases it has and everything the trainer needs to know.
 *
 * @param doTrain train; unset means yes, unless {@code do_eval} is asked for. Default: none
 * @param doEval evaluate at the end; implied by an {@code eval_strategy}. Default: false
 * @param output where results go
 * @param batch how many rows make a step and how many steps a run
 * @param optimization the update rule
 * @param schedule how the learning rate moves
 * @param device where and in which precision the run computes
 * @param checkpoint when the run is saved
 * @param logging when and where it reports
 * @param evaluation when it is measured and which model is best
 * @param loader settings of Python's data loader
 * @param distributed settings of process groups
 */
public record TrainingArguments(
        @Nullable Boolean doTrain,
        @Default("false") boolean doEval,
        OutputArguments output,
        BatchArguments batch,
        OptimizationArguments optimization,
        ScheduleArguments schedule,
        DeviceArguments device,
        CheckpointArguments checkpoint,
        LoggingArguments logging,
        EvaluationArguments evaluation,
        LoaderArguments loader,
        DistributedArguments distributed) {
    /** Whether the run trains. */
    public boolean trains() {
        return doTrain == null ? !doEval : doTrain;
    }

    /** Whether the run ends with an evaluation. */
    public boolean evaluates() {
        return doEval || evaluation.evalStrategy() != IntervalStrategy.NO;
    }

    /** Seed of the order of rows: {@code data_seed}, or {@code seed} without one. */
    public long shuffleSeed() {
        Long own = batch.dataSeed();
        return own == null ? batch.seed() : own;
    }
}
