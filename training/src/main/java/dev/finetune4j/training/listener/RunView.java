package dev.finetune4j.training.listener;

/** A run as its listeners see it; read on the training thread. */
public interface RunView {
    /** Updates done. */
    int step();

    /** Updates planned. */
    int totalSteps();

    /** Epochs done, with the share of the one under way. */
    double epoch();

    /** Loss of the last update; NaN before the first. */
    double lastLoss();

    /** Time spent in the run so far, earlier sessions included. */
    double elapsedSeconds();

    /** Tokens seen so far; 0 unless they are counted. */
    long inputTokens();

    /** Whether this run took up a checkpoint. */
    boolean resumed();

    /**
     * Asks the run to end after the update under way.
     *
     * @param reason for the log, such as {@code "early stopping"}
     */
    void requestStop(String reason);
}
