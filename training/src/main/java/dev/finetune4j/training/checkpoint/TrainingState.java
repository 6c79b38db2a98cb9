package dev.finetune4j.training.checkpoint;

import dev.finetune4j.training.rows.RowPosition;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a run must know to go on, apart from tensors; stored as {@code finetune4j_state.json}.
 *
 * @param version of this layout
 * @param progress how far the run is
 * @param losses sums that the next log entry and the summary are made of
 * @param best best evaluation so far
 * @param schedule what a schedule that follows a metric has seen; empty for others
 * @param batching what the position was counted with
 * @param seeds seeds by purpose
 * @param decisions what the run decided once: kernels, compute dtype, threads and the like
 * @param resumable whether weights and optimizer state lie beside it
 * @param files every other file of the folder, by name
 */
public record TrainingState(
        int version,
        Progress progress,
        Losses losses,
        Best best,
        Map<String, Double> schedule,
        Batching batching,
        Map<String, Long> seeds,
        Map<String, String> decisions,
        boolean resumable,
        Map<String, FileMark> files) {
    /** Version this library writes. */
    public static final int VERSION = 1;

    /**
     * How far a run is.
     *
     * @param step updates done
     * @param position rows used
     * @param epochEnded whether what follows the end of the epoch has happened already
     * @param tokens tokens walked
     * @param elapsedSeconds time spent
     */
    public record Progress(int step, RowPosition position, boolean epochEnded, long tokens, double elapsedSeconds) {}

    /**
     * Losses of updates.
     *
     * @param window sum since the last log entry
     * @param loggedStep step of the last log entry
     * @param total sum of all that were logged
     * @param gradientNorm norm of the last update
     * @param learningRate rate of the last update
     * @param recent losses of the last updates, oldest first
     */
    public record Losses(
            double window,
            int loggedStep,
            double total,
            double gradientNorm,
            double learningRate,
            List<Double> recent) {}

    /**
     * The best evaluation.
     *
     * @param metric its value; null before the first
     * @param step its step; null before the first
     * @param savedStep step of the best one that was saved; null if none was
     * @param withoutGain evaluations in a row without improvement, for early stopping
     */
    public record Best(
            @Nullable Double metric,
            @Nullable Integer step,
            @Nullable Integer savedStep,
            int withoutGain) {}

    /**
     * @param rows rows of the data set
     * @param batchSize rows of a micro-batch
     * @param accumulation micro-batches of an update
     */
    public record Batching(int rows, int batchSize, int accumulation) {}

    /**
     * @param bytes size of a file
     * @param crc32c its checksum
     */
    public record FileMark(long bytes, String crc32c) {}

    /** The same with the marks of files. */
    public TrainingState withFiles(Map<String, FileMark> marks) {
        return new TrainingState(
                version, progress, losses, best, schedule, batching, seeds, decisions, resumable, marks);
    }
}
