/**
 * Executes a prepared run: loads the model, lets the tuning method say what trains, wires the trainer, and writes what the
 * run leaves behind. Internal: applications use {@link dev.finetune4j.finetune.FineTune}.
 */
@NullMarked
package dev.finetune4j.finetune.run;

import org.jspecify.annotations.NullMarked;
