package dev.finetune4j.core.config.model;

/** Dtypes in which weights are held while nothing trains. */
public enum InferDType {
    /** The checkpoint's own. */
    AUTO,
    FLOAT16,
    BFLOAT16,
    FLOAT32
}
