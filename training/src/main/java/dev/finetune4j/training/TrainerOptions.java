package dev.finetune4j.training;

import dev.finetune4j.training.rows.Splitter;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a run is to go, as plain values.
 *
 * @param batching rows per update and length of the run
 * @param optimization rate and clip
 * @param logging when and what to log
 * @param evaluation when to evaluate
 * @param saving when to write checkpoints
 * @param best which evaluation is the best, and what follows from it
 * @param seeds seeds by purpose, stored in checkpoints
 * @param decisions what the run decided once, such as kernels, compute dtype and threads; stored in checkpoints
 */
public record TrainerOptions(
        Batching batching,
        Optimization optimization,
        Logging logging,
        Evaluation evaluation,
        Saving saving,
        Best best,
        Map<String, Long> seeds,
        Map<String, String> decisions) {
    public TrainerOptions {
        seeds = Map.copyOf(seeds);
        decisions = Map.copyOf(decisions);
    }

    /**
     * @param batchSize rows of a micro-batch; ≥ 1
     * @param accumulation micro-batches of an update; ≥ 1
     * @param epochs passes over the rows; may be fractional
     * @param maxSteps updates; 0 or less goes by epochs
     * @param splitter divides micro-batches to fit memory
     */
    public record Batching(int batchSize, int accumulation, double epochs, int maxSteps, Splitter splitter) {}

    /**
     * @param learningRate configured rate, before schedule and group factors
     * @param maxGradNorm largest norm of all gradients together; 0 never clips
     */
    public record Optimization(double learningRate, double maxGradNorm) {}

    /**
     * @param strategy {@code NO}, {@code STEPS} or {@code EPOCH}
     * @param steps interval; below 1 a share of the run
     * @param firstStep log the first step too
     * @param countTokens log tokens seen and their rate
     * @param effectiveTokens report {@code effective_tokens_per_sec} in the end; reads all rows once
     * @param flopsPerToken operations of one token forward and backward: six times the parameters outside embeddings
     */
    public record Logging(
            Interval strategy,
            double steps,
            boolean firstStep,
            boolean countTokens,
            boolean effectiveTokens,
            double flopsPerToken) {}

    /**
     * @param strategy {@code NO}, {@code STEPS} or {@code EPOCH}
     * @param steps interval; below 1 a share of the run; null takes the logging interval
     * @param delay no evaluation before this step, or epoch
     * @param onStart evaluate before the first update
     */
    public record Evaluation(Interval strategy, @Nullable Double steps, double delay, boolean onStart) {}

    /**
     * @param strategy any
     * @param steps interval; below 1 a share of the run
     * @param totalLimit checkpoints to keep; null or 0 keeps all
     * @param onlyModel leave out what a run needs to go on
     */
    public record Saving(
            Interval strategy, double steps, @Nullable Integer totalLimit, boolean onlyModel) {}

    /**
     * @param loadAtEnd end with the weights of the best checkpoint
     * @param metric what to compare, with or without {@code eval_}; null takes the loss if anything needs a metric
     * @param greaterIsBetter direction; null derives it: less is better for names that end in {@code loss}
     * @param patience evaluations without gain after which the run stops; null never stops it
     */
    public record Best(
            boolean loadAtEnd,
            @Nullable String metric,
            @Nullable Boolean greaterIsBetter,
            @Nullable Integer patience) {}

    /** How often something happens: {@code logging_strategy}, {@code eval_strategy}, {@code save_strategy}. */
    public enum Interval {
        NO,
        STEPS,
        EPOCH,
        /** Whenever an evaluation is the best so far; for saving only. */
        BEST
    }
}
