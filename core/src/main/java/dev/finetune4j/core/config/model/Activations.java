package dev.finetune4j.core.config.model;

/** What blocks leave behind for their backward pass. */
public enum Activations {
    /** As many blocks keep theirs as the memory budget allows; the rest are computed again. */
    AUTO,
    KEEP,
    /** What is dear stays; the rest is computed again. */
    RECOMPUTE,
    /** Each block's input stays, in host memory; everything else is computed again. */
    OFFLOAD
}
