package dev.finetune4j.core.config.data;

/** What becomes of a run that meets a row it cannot use. */
public enum InvalidRowPolicy {
    SKIP,
    FAIL,
    COLLECT
}
