package dev.finetune4j.core.model.attention;

import dev.finetune4j.core.model.config.AttentionConfig.Span;
import dev.finetune4j.core.model.layers.Norm;

/**
 * Norms of queries and keys.
 *
 * @param span what one runs over
 * @param afterRotation whether they come after the rotation
 */
public record HeadNorms(Norm query, Norm key, Span span, boolean afterRotation) {}
