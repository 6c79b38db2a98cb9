/**
 * Self-attention: projections, norms and rotation of queries and keys, and the kernels that turn scores into weighted sums.
 * A kernel is told how scores become weights by an {@link dev.finetune4j.core.model.attention.AttentionRule}; which families
 * need which rule it never knows.
 */
@NullMarked
package dev.finetune4j.core.model.attention;

import org.jspecify.annotations.NullMarked;
