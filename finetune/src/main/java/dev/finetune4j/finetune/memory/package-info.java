/**
 * How much memory a run takes, from the shapes in a model's config and the lengths of its rows: what a block keeps for a
 * token, what trains, and so how many blocks may keep their activations under a budget.
 */
@NullMarked
package dev.finetune4j.finetune.memory;

import org.jspecify.annotations.NullMarked;
