/**
 * Learning-rate schedules: a pure function from the number of steps done to a factor of the configured rate, found by the
 * name that {@code lr_scheduler_type} gives. The one exception, {@code reduce_lr_on_plateau}, steers by a metric and
 * carries what it saw in checkpoints.
 */
@NullMarked
package dev.finetune4j.training.schedule;

import org.jspecify.annotations.NullMarked;
