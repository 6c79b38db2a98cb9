package dev.finetune4j.training;

import dev.finetune4j.core.weights.Disk;
import dev.finetune4j.training.listener.ResultFiles;
import dev.finetune4j.training.listener.TrainerState;
import dev.finetune4j.training.listener.TrainerStateFile;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a run went.
 *
 * @param metrics the summary that {@code train_results.json} holds
 * @param state what {@code trainer_state.json} holds, with every log entry
 * @param stepsRun updates of this session
 * @param stopReason why it ended before its last step; null if it did not
 * @param stoppedByUser whether it ended on {@link Trainer#stop} before its last step, so that the run is not finished
 * @param checkpoint folder that a stopped run can go on from; null if it finished or wrote none
 * @param best folder of the best checkpoint; null without one
 * @param phaseSeconds time by phase, this session
 */
public record TrainingResult(
        Map<String, Number> metrics,
        TrainerState state,
        int stepsRun,
        @Nullable String stopReason,
        boolean stoppedByUser,
        @Nullable Path checkpoint,
        @Nullable Path best,
        Map<Phase, Double> phaseSeconds) {
    public TrainingResult {
        metrics = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
        phaseSeconds = Map.copyOf(phaseSeconds);
    }

    /**
     * Writes {@code trainer_state.json} and, if the run is finished, {@code train_results.json} and
     * {@code all_results.json}. To be called when the model is saved: the results say that a folder holds a finished run.
     */
    public void write(Disk disk, Path outputFolder) {
        TrainerStateFile.write(disk, outputFolder, state);
        if (!stoppedByUser) {
            ResultFiles.write(disk, outputFolder, "train", metrics);
        }
    }
}
