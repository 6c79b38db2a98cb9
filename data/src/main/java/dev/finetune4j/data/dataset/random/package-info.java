/**
 * Random orders of rows that equal those of Python's tools number by number: torch's {@code randperm}, numpy's
 * {@code Generator.permutation} and its old global generator.
 */
@NullMarked
package dev.finetune4j.data.dataset.random;

import org.jspecify.annotations.NullMarked;
