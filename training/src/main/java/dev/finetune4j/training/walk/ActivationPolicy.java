package dev.finetune4j.training.walk;

/** What a block leaves behind for its backward pass. Never changes results, only time and memory. */
public enum ActivationPolicy {
    /** The tapes of its layers. */
    KEEP,
    /** Only its input; backward runs the block forward again. */
    RECOMPUTE
}
