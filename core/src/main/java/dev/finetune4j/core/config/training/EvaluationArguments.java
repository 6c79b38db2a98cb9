package dev.finetune4j.core.config.training;

import dev.finetune4j.core.config.declare.Check;
import dev.finetune4j.core.config.declare.Default;
import dev.finetune4j.core.config.declare.Equivalent;
import org.jspecify.annotations.Nullable;

/**
 * When the run is measured and which model is best.
 *
 * @param evalStrategy {@code steps}, {@code epoch}, or {@code no}; needs an evaluation set. Default: no
 * @param evalSteps steps between evaluations, or a share of the run below 1; unset means {@code logging_steps}. Default:
 *     none
 * @param evalDelay no evaluation before this step, or epoch with {@code eval_strategy: epoch}; ≥ 0. Default: 0
 * @param evalOnStart evaluate before the first step. Default: false
 * @param evalAccumulationSteps moves collected predictions to the CPU; none are collected here. Default: none
 * @param loadBestModelAtEnd keep the best checkpoint and end with its weights. Default: false
 * @param metricForBestModel metric that says which is best, with or without {@code eval_}; unset means {@code loss}
 *     where one is needed. Default: none
 * @param greaterIsBetter whether a higher metric is better; unset means yes, unless its name ends in {@code loss}.
 *     Default: none
 */
public record EvaluationArguments(
        @Default("no") IntervalStrategy evalStrategy,
        @Nullable Double evalSteps,
        @Default("0") double evalDelay,
        @Default("false") boolean evalOnStart,

        @Equivalent("predictions are counted where they arise and never collected") @Nullable
        Integer evalAccumulationSteps,

        @Default("false") boolean loadBestModelAtEnd,
        @Nullable String metricForBestModel,
        @Nullable Boolean greaterIsBetter) {
    public EvaluationArguments {
        new Check()
                .interval("eval_steps", evalSteps)
                .atLeast("eval_delay", evalDelay, 0)
                .atLeast("eval_accumulation_steps", evalAccumulationSteps, 1)
                .done();
    }

    /** Steps between evaluations in a run of {@code totalSteps}. */
    public int every(int totalSteps, LoggingArguments logging) {
        return evalSteps == null ? logging.every(totalSteps) : Interval.of(evalSteps, totalSteps);
    }

    /** Full name of the metric that says which model is best, such as {@code eval_loss}. */
    public String bestMetric() {
        String name = metricForBestModel == null ? "loss" : metricForBestModel;
        return name.startsWith("eval_") ? name : "eval_" + name;
    }

    /** Whether a higher {@link #bestMetric()} is better. */
    public boolean higherIsBetter() {
        return greaterIsBetter == null ? !bestMetric().endsWith("loss") : greaterIsBetter;
    }
}
