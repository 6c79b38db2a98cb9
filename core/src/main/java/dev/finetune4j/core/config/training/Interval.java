package dev.finetune4j.core.config.training;

/** A distance in steps, given as a whole number or as a share of the run. */
final class Interval {
    private Interval() {}

    /** The distance in a run of {@code totalSteps}; at least 1. A share is rounded up, as in the Hugging Face trainer. */
    static int of(double value, int totalSteps) {
        return value < 1 ? Math.max(1, (int) Math.ceil(value * totalSteps)) : (int) value;
    }
}
