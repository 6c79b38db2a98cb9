/**
 * Freeze tuning: some layers of a model train, whole or in parts, and the rest stays as it is. Which ones is LLaMA-Factory's
 * rule; the result is a whole model.
 */
@NullMarked
package dev.finetune4j.adapters.freeze;

import org.jspecify.annotations.NullMarked;
