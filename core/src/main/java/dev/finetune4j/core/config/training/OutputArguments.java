package dev.finetune4j.core.config.training;

import dev.finetune4j.core.config.declare.Default;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where results go.
 *
 * @param outputDir folder for checkpoints, logs and the tuned model or adapter. Default: trainer_output
 * @param overwriteOutputDir start over in a folder that holds an earlier run, instead of resuming its newest checkpoint
 *     or refusing a finished one. Default: false
 * @param runName name of the run in the plan and the log. Default: none
 */
public record OutputArguments(
        @Default("trainer_output") Path outputDir,
        @Default("false") boolean overwriteOutputDir,
        @Nullable String runName) {}
