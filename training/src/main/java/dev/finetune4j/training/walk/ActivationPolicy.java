package dev.finetune4j.training.walk;

/** What a block leaves behind for its backward pass. Never changes results, only time and memory. */
public enum ActivationPolicy {
    /** The tapes of its layers. */
    KEEP,
    /**
     * What is dear or thin: the hidden states before and after attention, the attention kernel's output and row statistics.
     * Backward computes q, k, v, gate and up again, two thirds of the block's products; attention itself, and the products of
     * o and down, run once. Per token three times the hidden width instead of 10 to 15 times.
     */
    RECOMPUTE,
    /**
     * The block's input, in host memory: page-locked if the model is on a GPU. Backward runs the whole block again. Per token
     * once the hidden width, and nothing of it on a GPU.
     */
    OFFLOAD
}
