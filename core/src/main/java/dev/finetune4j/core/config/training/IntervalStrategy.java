package dev.finetune4j.core.config.training;

/** When something recurring happens. */
public enum IntervalStrategy {
    NO,
    STEPS,
    EPOCH
}
