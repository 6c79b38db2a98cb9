/** The example programs, run for a few steps. */
@NullMarked
package dev.finetune4j.examples;

import org.jspecify.annotations.NullMarked;
