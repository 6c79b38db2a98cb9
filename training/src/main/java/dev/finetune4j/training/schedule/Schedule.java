package dev.finetune4j.training.schedule;

/** Learning rate over a run. */
@FunctionalInterface
public interface Schedule {
    /**
     * Factor of the configured learning rate for one update.
     *
     * @param step updates done before it, so 0 for the first
     */
    double factor(long step);
}
