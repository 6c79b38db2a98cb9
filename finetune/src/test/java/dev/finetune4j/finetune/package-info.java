/** Runs of a tiny model from end to end. */
@NullMarked
package dev.finetune4j.finetune;

import org.jspecify.annotations.NullMarked;
