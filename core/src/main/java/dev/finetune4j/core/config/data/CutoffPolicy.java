package dev.finetune4j.core.config.data;

/** What becomes of a row with more tokens than {@code cutoff_len}. */
public enum CutoffPolicy {
    TRIM,
    TRIM_PROMPT,
    TRIM_ANSWER,
    DROP,
    ERROR
}
