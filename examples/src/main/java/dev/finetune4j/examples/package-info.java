/**
 * Programs on the public interface, each a single file to read and to copy from. They are started in the repository's
 * root, where the quick start's model and rows are found; settings given as arguments, {@code key=value}, win over their
 * own.
 */
@NullMarked
package dev.finetune4j.examples;

import org.jspecify.annotations.NullMarked;
