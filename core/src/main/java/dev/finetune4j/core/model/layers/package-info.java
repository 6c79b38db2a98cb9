/**
 * The pieces of a block, each a pair: the equation and its gradient in one class, for frozen, adapted and fully trained
 * weights. A layer saves what is dear and computes again what is one elementwise pass.
 */
@NullMarked
package dev.finetune4j.core.model.layers;

import org.jspecify.annotations.NullMarked;
