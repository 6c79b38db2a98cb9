package dev.finetune4j.core.config;

import dev.finetune4j.core.config.data.DataArguments;
import dev.finetune4j.core.config.finetuning.FinetuningArguments;
import dev.finetune4j.core.config.model.ModelArguments;
import dev.finetune4j.core.config.training.TrainingArguments;

/**
 * Everything a user asked of a run, checked and complete. Immutable; equal settings give equal trees.
 *
 * @param model which model is tuned
 * @param data which rows train and which are held back
 * @param training the run itself
 * @param finetuning what may change and what is measured
 */
public record FineTuneArguments(
        ModelArguments model, DataArguments data, TrainingArguments training, FinetuningArguments finetuning) {}
