package dev.finetune4j.training;

import dev.finetune4j.core.weights.ParameterStore;
import dev.finetune4j.training.checkpoint.Checkpoint;
import dev.finetune4j.training.checkpoint.Checkpoints;
import dev.finetune4j.training.listener.TrainingListener;
import dev.finetune4j.training.optim.Optimizer;
import dev.finetune4j.training.rows.EpochOrder;
import dev.finetune4j.training.rows.RowSource;
import dev.finetune4j.training.schedule.Schedule;
import dev.finetune4j.training.walk.BatchWalk;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a trainer works with. It owns none of it.
 *
 * @param walk the model
 * @param parameters its parameters; the trainable ones are updated
 * @param rows training rows
 * @param order their order in each epoch
 * @param optimizer fresh; a checkpoint is restored into it
 * @param schedule made for {@link dev.finetune4j.training.rows.StepPlan#totalSteps}; for a run that goes on with other
 *     batch sizes, for {@link dev.finetune4j.training.rows.StepPlan#totalStepsFrom}
 * @param evaluators one for each evaluation set
 * @param listeners in the order they are told
 * @param checkpoints where checkpoints go
 * @param resume the checkpoint to go on from; null starts at the first row
 * @param nanos the clock
 */
public record TrainerParts(
        BatchWalk walk,
        ParameterStore parameters,
        RowSource rows,
        EpochOrder order,
        Optimizer optimizer,
        Schedule schedule,
        List<Evaluator> evaluators,
        List<TrainingListener> listeners,
        Checkpoints checkpoints,
        @Nullable Checkpoint resume,
        LongSupplier nanos) {
    public TrainerParts {
        evaluators = List.copyOf(evaluators);
        listeners = List.copyOf(listeners);
    }
}
