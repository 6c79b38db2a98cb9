/**
 * Mixture of experts: a router chooses a few of many feed-forward layers for each token. Tokens are sorted by expert once,
 * each expert runs on its run of rows, and one pass sums what comes out; every part is a pair with its gradient. Tensors of
 * experts may lie one by one or stacked; either way an expert's maps are {@link dev.finetune4j.core.model.linear.Linear}s
 * that adapters can change. The load-balancing loss is gathered in forward and sends its gradient through each router.
 */
@NullMarked
package dev.finetune4j.core.model.experts;

import org.jspecify.annotations.NullMarked;
