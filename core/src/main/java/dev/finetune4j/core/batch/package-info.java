/**
 * What data and training share: rows of token ids laid end to end, and the labels that make them a task. Java arrays
 * until the model's input segment; no tensor is born here.
 */
@NullMarked
package dev.finetune4j.core.batch;

import org.jspecify.annotations.NullMarked;
