/**
 * How a model changes. {@link dev.finetune4j.training.Trainer} runs the phases of every step in a fixed, visible order and
 * knows no stage by name: what a batch means is the walk's business, what an update is the optimizer's, and what a rate is
 * the schedule's. Sums are added over a whole step and divided once, so that eight micro-batches of one row and one of
 * eight are the same step.
 */
@NullMarked
package dev.finetune4j.training;

import org.jspecify.annotations.NullMarked;
