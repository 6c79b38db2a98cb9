package dev.finetune4j.core.config.training;

import dev.finetune4j.core.config.declare.Check;
import dev.finetune4j.core.config.declare.Choices;
import dev.finetune4j.core.config.declare.Default;
import dev.finetune4j.core.config.declare.Equivalent;
import dev.finetune4j.core.config.declare.Later;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * When and where the run reports.
 *
 * @param loggingStrategy {@code steps}, {@code epoch}, or {@code no}. Default: steps
 * @param loggingSteps steps between reports, or a share of the run below 1; the loss of a report is the mean since the
 *     last one. Default: 500
 * @param loggingFirstStep report the first step as well. Default: false
 * @param loggingNanInfFilter hides non-finite losses from Python's log; a non-finite loss stops the run here. Default:
 *     true
 * @param disableTqdm no progress bar; unset shows one on a terminal. Default: none
 * @param reportTo trackers that receive the log besides the files; {@code none} for no tracker. Default: none
 */
public record LoggingArguments(
        @Default("steps") IntervalStrategy loggingStrategy,
        @Default("500") double loggingSteps,
        @Default("false") boolean loggingFirstStep,

        @Equivalent("a loss that is not finite stops the run and names step and rows") @Default("true")
        boolean loggingNanInfFilter,

        @Nullable Boolean disableTqdm,

        @Choices("none")
        @Later({
            "all",
            "tensorboard",
            "wandb",
            "mlflow",
            "comet_ml",
            "swanlab",
            "trackio",
            "clearml",
            "neptune",
            "azure_ml",
            "codecarbon",
            "dagshub",
            "dvclive",
            "flyte"
        })
        List<String> reportTo) {
    public LoggingArguments {
        new Check().interval("logging_steps", loggingSteps).done();
        reportTo = reportTo.stream().filter(tracker -> !tracker.equals("none")).toList();
    }

    /** Steps between reports in a run of {@code totalSteps}. */
    public int every(int totalSteps) {
        return Interval.of(loggingSteps, totalSteps);
    }
}
