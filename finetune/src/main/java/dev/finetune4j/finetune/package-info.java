/**
 * The door to the library: {@link dev.finetune4j.finetune.FineTune#builder} collects settings, {@code build} checks them,
 * {@code plan} says what would happen and {@code run} does it. Everything else is reached from here by name.
 */
@NullMarked
package dev.finetune4j.finetune;

import org.jspecify.annotations.NullMarked;
