package dev.finetune4j.core.config.finetuning;

/** Which parameters a run may change. */
public enum FinetuningType {
    FULL,
    FREEZE,
    LORA
}
