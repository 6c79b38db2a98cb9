/**
 * Checkpoints that are complete or absent. A folder is filled aside, forced to the device, read back and only then given
 * its name; what a killed process leaves is never resumed from. Taking one up restores weights, optimizer, schedule, log
 * and the position in the data, so that the run goes on as if nothing had happened.
 */
@NullMarked
package dev.finetune4j.training.checkpoint;

import org.jspecify.annotations.NullMarked;
