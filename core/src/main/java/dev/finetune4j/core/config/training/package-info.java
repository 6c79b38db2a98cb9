/**
 * What the user asks of the training run: its outputs, batches, optimizer, schedule, evaluation and logging. These are
 * the keys of the Hugging Face trainer, in records by meaning.
 */
@NullMarked
package dev.finetune4j.core.config.training;

import org.jspecify.annotations.NullMarked;
