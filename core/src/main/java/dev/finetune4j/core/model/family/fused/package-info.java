/** Families whose checkpoints hold q, k and v, or gate and up, as one map. */
@NullMarked
package dev.finetune4j.core.model.family.fused;

import org.jspecify.annotations.NullMarked;
