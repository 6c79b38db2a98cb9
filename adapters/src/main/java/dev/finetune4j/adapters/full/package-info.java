/**
 * Full tuning: every parameter trains. Also what all methods share that train the model's own weights: which dtype they
 * train in, and the handle on a model whose result is the model itself.
 */
@NullMarked
package dev.finetune4j.adapters.full;

import org.jspecify.annotations.NullMarked;
