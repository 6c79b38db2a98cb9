/** Families around Qwen: Llama's shape with biases or norms on queries and keys, and windows or rotation by block. */
@NullMarked
package dev.finetune4j.core.model.family.qwen;

import org.jspecify.annotations.NullMarked;
