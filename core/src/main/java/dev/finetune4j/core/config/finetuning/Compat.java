package dev.finetune4j.core.config.finetuning;

/** Whose behaviour is wanted in the few places where this library deliberately differs. */
public enum Compat {
    NONE,
    LLAMAFACTORY
}
