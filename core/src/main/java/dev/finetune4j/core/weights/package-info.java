/**
 * Stored numbers: named tensors on disk, the parameters of a loaded model, and the matrix of a linear map in whatever
 * format it is kept.
 */
@NullMarked
package dev.finetune4j.core.weights;

import org.jspecify.annotations.NullMarked;
