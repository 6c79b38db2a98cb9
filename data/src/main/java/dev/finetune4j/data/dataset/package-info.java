/**
 * A data set is a lazy sequence that can be read any number of times, always in the same order. Every operation returns
 * a new one and runs nothing until somebody iterates.
 */
@NullMarked
package dev.finetune4j.data.dataset;

import org.jspecify.annotations.NullMarked;
