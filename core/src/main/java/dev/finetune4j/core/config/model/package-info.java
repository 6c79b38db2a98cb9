/**
 * What the user asks of the model: where its weights are, how attention reaches past its trained length, and how much
 * memory the walk may take. Facts of the checkpoint itself are in its {@code config.json}, never here.
 */
@NullMarked
package dev.finetune4j.core.config.model;

import org.jspecify.annotations.NullMarked;
