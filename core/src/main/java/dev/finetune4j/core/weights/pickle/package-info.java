/**
 * Checkpoints that {@code torch.save} wrote, read without Python and without running anything: a pickle is a program, so its
 * instructions are interpreted here against a short list of names that stand for tensors, and any other name ends the
 * reading. What comes out is names, shapes and places in the file; numbers are read one tensor at a time.
 */
@NullMarked
package dev.finetune4j.core.weights.pickle;

import org.jspecify.annotations.NullMarked;
