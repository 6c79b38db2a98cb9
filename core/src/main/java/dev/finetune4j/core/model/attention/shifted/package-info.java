/**
 * Shifted sparse attention: training on long documents with attention inside groups of tokens, whose borders lie elsewhere for
 * half of the heads so that what one group knows reaches the next.
 */
@NullMarked
package dev.finetune4j.core.model.attention.shifted;

import org.jspecify.annotations.NullMarked;
