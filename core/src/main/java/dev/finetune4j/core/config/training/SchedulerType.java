package dev.finetune4j.core.config.training;

/** Learning-rate schedules of the Hugging Face trainer. */
public enum SchedulerType {
    LINEAR,
    COSINE,
    COSINE_WITH_RESTARTS,
    POLYNOMIAL,
    CONSTANT,
    CONSTANT_WITH_WARMUP,
    INVERSE_SQRT,
    REDUCE_LR_ON_PLATEAU,
    COSINE_WITH_MIN_LR,
    COSINE_WARMUP_WITH_MIN_LR,
    WARMUP_STABLE_DECAY
}
