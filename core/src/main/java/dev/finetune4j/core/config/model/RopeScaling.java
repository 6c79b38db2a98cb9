package dev.finetune4j.core.config.model;

/** Ways to stretch rotary positions beyond the length a model was trained for. */
public enum RopeScaling {
    LINEAR,
    DYNAMIC,
    YARN,
    LLAMA3
}
