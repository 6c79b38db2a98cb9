/** Families that keep Llama's shape: RMS norms before each layer, q, k and v apart, a gated feed-forward layer. */
@NullMarked
package dev.finetune4j.core.model.family.llama;

import org.jspecify.annotations.NullMarked;
