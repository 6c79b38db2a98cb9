/**
 * One decoder for every model family, driven by facts from {@code config.json}. It is walked segment by segment; each layer
 * is a pair, forward and backward side by side, outside autograd. A {@link dev.finetune4j.core.model.linear.Linear} has two slots:
 * how its matrix is stored, and what is learned on top.
 */
@NullMarked
package dev.finetune4j.core.model;

import org.jspecify.annotations.NullMarked;
