/**
 * Encoded rows: tokens with their labels, what an objective learns from in one go, where they are kept, and the account of
 * what encoding kept, cut and left out. Few rows lie in memory, many in files that are mapped when they are read.
 */
@NullMarked
package dev.finetune4j.data.sample;

import org.jspecify.annotations.NullMarked;
