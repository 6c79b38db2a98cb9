package dev.finetune4j.finetune.run;

import dev.finetune4j.core.config.FineTuneArguments;
import dev.finetune4j.core.config.training.BatchArguments;
import dev.finetune4j.core.config.training.CheckpointArguments;
import dev.finetune4j.core.config.training.EvaluationArguments;
import dev.finetune4j.core.config.training.IntervalStrategy;
import dev.finetune4j.core.config.training.OptimizationArguments;
import dev.finetune4j.core.config.training.ScheduleArguments;
import dev.finetune4j.core.config.training.TrainingArguments;
import dev.finetune4j.core.model.Decoder;
import dev.finetune4j.core.weights.Parameter;
import dev.finetune4j.finetune.plan.Preparation;
import dev.finetune4j.training.TrainerOptions;
import dev.finetune4j.training.TrainerOptions.Interval;
import dev.finetune4j.training.optim.Optimizer;
import dev.finetune4j.training.optim.OptimizerFactory;
import dev.finetune4j.training.optim.ParameterGroups;
import dev.finetune4j.training.rows.Splitter;
import dev.finetune4j.training.schedule.Schedule;
import dev.finetune4j.training.schedule.ScheduleFactory;
import dev.finetune4j.training.schedule.ScheduleSettings;
import java.util.Locale;
import java.util.Map;

/** Says a run's settings in the trainer's terms. */
final class TrainerSettings {
    private TrainerSettings() {}

    static TrainerOptions options(Preparation run, Decoder decoder) {
        FineTuneArguments arguments = run.arguments();
        TrainingArguments training = arguments.training();
        OptimizationArguments optimization = training.optimization();
        return new TrainerOptions(
                batching(run),
                new TrainerOptions.Optimization(optimization.learningRate(), optimization.maxGradNorm()),
                new TrainerOptions.Logging(
                        interval(training.logging().loggingStrategy()),
                        training.logging().loggingSteps(),
                        training.logging().loggingFirstStep(),
                        false,
                        arguments.finetuning().includeEffectiveTokensPerSecond(),
                        6.0 * outsideEmbedding(decoder)),
                evaluation(training.evaluation()),
                saving(training.checkpoint()),
                new TrainerOptions.Best(
                        training.evaluation().loadBestModelAtEnd(),
                        training.evaluation().metricForBestModel(),
                        training.evaluation().greaterIsBetter(),
                        arguments.finetuning().earlyStoppingSteps()),
                Map.of("seed", training.batch().seed(), "data_seed", training.shuffleSeed()),
                run.decisions().stored());
    }

    private static TrainerOptions.Batching batching(Preparation run) {
        BatchArguments batch = run.arguments().training().batch();
        return new TrainerOptions.Batching(
                batch.perDeviceTrainBatchSize(),
                batch.gradientAccumulationSteps(),
                batch.numTrainEpochs(),
                batch.maxSteps(),
                splitter(run));
    }

    static Splitter splitter(Preparation run) {
        return new Splitter(run.decisions().tokensPerWalk());
    }

    private static TrainerOptions.Evaluation evaluation(EvaluationArguments evaluation) {
        return new TrainerOptions.Evaluation(
                interval(evaluation.evalStrategy()),
                evaluation.evalSteps(),
                evaluation.evalDelay(),
                evaluation.evalOnStart());
    }

    private static TrainerOptions.Saving saving(CheckpointArguments saving) {
        return new TrainerOptions.Saving(
                interval(saving.saveStrategy()), saving.saveSteps(), saving.saveTotalLimit(), saving.saveOnlyModel());
    }

    private static Interval interval(IntervalStrategy strategy) {
        return switch (strategy) {
            case NO -> Interval.NO;
            case STEPS -> Interval.STEPS;
            case EPOCH -> Interval.EPOCH;
        };
    }

    /** Parameters that a token meets in products: all but the rows of the embedding, of which it reads one. */
    private static long outsideEmbedding(Decoder decoder) {
        return decoder.parameters().all().stream()
                .filter(p -> p != decoder.input().weight())
                .mapToLong(Parameter::elements)
                .sum();
    }

    static Optimizer optimizer(FineTuneArguments arguments) {
        OptimizationArguments optimization = arguments.training().optimization();
        return OptimizerFactory.named(
                optimization.optim(),
                new OptimizerFactory.Settings(
                        ParameterGroups.standard(optimization.weightDecay()),
                        optimization.adamBeta1(),
                        optimization.adamBeta2(),
                        optimization.adamEpsilon()));
    }

    static Schedule schedule(FineTuneArguments arguments, int totalSteps) {
        ScheduleArguments schedule = arguments.training().schedule();
        Double ratio = schedule.warmupRatio() == 0 ? null : schedule.warmupRatio();
        int warmup = ScheduleSettings.warmupSteps(schedule.warmupSteps(), ratio, totalSteps);
        return ScheduleFactory.named(
                schedule.lrSchedulerType().name().toLowerCase(Locale.ROOT),
                new ScheduleSettings(
                        arguments.training().optimization().learningRate(),
                        warmup,
                        totalSteps,
                        schedule.lrSchedulerKwargs()));
    }
}
