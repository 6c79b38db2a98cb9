/**
 * Several projections of one input, such as queries, keys and values: apart, side by side in one map, or grouped by head in
 * one map, as a checkpoint has them. Layers above see columns and nothing of this.
 */
@NullMarked
package dev.finetune4j.core.model.projection;

import org.jspecify.annotations.NullMarked;
