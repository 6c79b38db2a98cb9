/**
 * Conversations to token rows. An encoder turns a group of rows into samples: ids, a label for each, and where packed parts
 * begin. Groups are as large as {@code preprocessing_batch_size}, because packing never crosses one, and what is cut off or
 * left out on the way is counted. Only Java arrays; tensors are born later.
 */
@NullMarked
package dev.finetune4j.data.batch;

import org.jspecify.annotations.NullMarked;
