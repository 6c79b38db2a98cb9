/**
 * The door to the data side: a {@link dev.finetune4j.data.DataRequest} in plain values becomes a
 * {@link dev.finetune4j.data.TrainingData} of encoded rows, with the tokenizer and the template that made them.
 */
@NullMarked
package dev.finetune4j.data;

import org.jspecify.annotations.NullMarked;
