package dev.finetune4j.core.config.finetuning;

/** What a model is trained for. */
public enum Stage {
    /** Continued pre-training: every token of plain text is a label. */
    PT,
    /** Supervised fine-tuning: the response tokens of conversations are labels. */
    SFT
}
