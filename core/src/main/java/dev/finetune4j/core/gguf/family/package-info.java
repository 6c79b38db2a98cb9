/**
 * What the names in GGUF files mean: which family an architecture is, where each key of its {@code config.json} comes from,
 * and what each tensor is called on a hub and how it lies there. All of it is a table in {@code families.yaml}; the classes
 * here only read it.
 */
@NullMarked
package dev.finetune4j.core.gguf.family;

import org.jspecify.annotations.NullMarked;
