package dev.finetune4j.training.optim;

/** When an optimizer changes weights. */
public enum UpdateTiming {
    /** Once a step, when all gradients of all micro-batches are there and clipped. */
    AFTER_WALK,
    /** Block by block while gradients come in; no accumulation, no global clip. */
    DURING_WALK
}
