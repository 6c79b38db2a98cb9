package dev.finetune4j.training.listener;

import org.jspecify.annotations.Nullable;

/**
 * Counts evaluations in a row that bring no gain, with the rules of the Hugging Face trainer's callback. Confined to the
 * training thread.
 */
public final class EarlyStopping {
    private final int patience;
    private final double threshold;
    private final boolean greaterIsBetter;
    private int withoutGain;

    /**
     * @param patience evaluations without gain after which a run ends; ≥ 1
     * @param threshold a gain must exceed this
     * @param greaterIsBetter direction of the metric
     */
    public EarlyStopping(int patience, double threshold, boolean greaterIsBetter) {
        this.patience = patience;
        this.threshold = threshold;
        this.greaterIsBetter = greaterIsBetter;
    }

    /**
     * Takes an evaluation's metric.
     *
     * @param best the best value before it; null if it is the first
     */
    public void observe(double metric, @Nullable Double best) {
        boolean gain = best == null
                || ((greaterIsBetter ? metric > best : metric < best) && Math.abs(metric - best) > threshold);
        withoutGain = gain ? 0 : withoutGain + 1;
    }

    /** Whether the run should end. */
    public boolean exhausted() {
        return withoutGain >= patience;
    }

    public int withoutGain() {
        return withoutGain;
    }

    public int patience() {
        return patience;
    }

    public double threshold() {
        return threshold;
    }

    /** Goes on from a checkpoint's count. */
    public void restore(int count) {
        withoutGain = count;
    }
}
