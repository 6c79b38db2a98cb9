package dev.finetune4j.core.config.model;

/** LLaMA-Factory's names of attention implementations. */
public enum FlashAttention {
    AUTO,
    DISABLED,
    SDPA,
    FA2,
    FA3
}
