package dev.finetune4j.core.config.data;

/** How several data sets become one. */
public enum MixStrategy {
    CONCAT,
    INTERLEAVE_UNDER,
    INTERLEAVE_OVER,
    INTERLEAVE_ONCE
}
