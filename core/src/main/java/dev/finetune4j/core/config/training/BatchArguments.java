package dev.finetune4j.core.config.training;

import dev.finetune4j.core.config.declare.Check;
import dev.finetune4j.core.config.declare.Default;
import dev.finetune4j.core.config.declare.Equivalent;
import org.jspecify.annotations.Nullable;

/**
 * How many rows make a step and how many steps a run.
 *
 * @param perDeviceTrainBatchSize rows of a micro-batch; ≥ 1. Default: 8
 * @param perDeviceEvalBatchSize rows of a batch of evaluation; ≥ 1. Default: 8
 * @param gradientAccumulationSteps micro-batches of a step; the last step of an epoch may have fewer; ≥ 1. Default: 1
 * @param numTrainEpochs passes over the training rows, may be a fraction; &gt; 0. Default: 3
 * @param maxSteps steps of the run, in place of {@code num_train_epochs}; −1 leaves that in charge. Default: -1
 * @param seed seed of initialisation, dropout, split and order; ≥ 0. Default: 42
 * @param dataSeed seed of the order of rows alone; ≥ 0. Default: none
 * @param autoFindBatchSize Python's search for a batch that fits; micro-batches are split here when they do not fit,
 *     and no number changes. Default: false
 */
public record BatchArguments(
        @Default("8") int perDeviceTrainBatchSize,
        @Default("8") int perDeviceEvalBatchSize,
        @Default("1") int gradientAccumulationSteps,
        @Default("3") double numTrainEpochs,
        @Default("-1") int maxSteps,
        @Default("42") long seed,
        @Nullable Long dataSeed,

        @Equivalent("a micro-batch that does not fit is split, which changes no number") @Default("false")
        boolean autoFindBatchSize) {
    public BatchArguments {
        new Check()
                .atLeast("per_device_train_batch_size", perDeviceTrainBatchSize, 1)
                .atLeast("per_device_eval_batch_size", perDeviceEvalBatchSize, 1)
                .atLeast("gradient_accumulation_steps", gradientAccumulationSteps, 1)
                .above("num_train_epochs", numTrainEpochs, 0)
                .that(maxSteps == -1 || maxSteps >= 1, "max_steps", maxSteps, "must be at least 1, or -1 for none")
                .atLeast("seed", seed, 0)
                .atLeast("data_seed", dataSeed, 0)
                .done();
    }
}
