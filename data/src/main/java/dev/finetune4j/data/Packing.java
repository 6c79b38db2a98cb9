package dev.finetune4j.data;

/** Whether several rows share one. */
public enum Packing {
    NONE,
    /** Rows lie end to end in one attention span. */
    PLAIN,
    /** Rows lie end to end and do not see one another. */
    NEAT
}
