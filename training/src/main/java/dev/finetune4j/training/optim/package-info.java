/**
 * From gradients to new weights: groups that give each parameter its rate and decay, the global clip, and the optimizers,
 * found by the name that {@code optim} gives. An optimizer owns its state by parameter name, so that a checkpoint can hold
 * it and another run can take it up.
 */
@NullMarked
package dev.finetune4j.training.optim;

import org.jspecify.annotations.NullMarked;
