/**
 * Linear maps and their two slots: how a matrix is stored, and what is learned on top of it. Maps of one input whose
 * matrices lie end to end multiply as one.
 */
@NullMarked
package dev.finetune4j.core.model.linear;

import org.jspecify.annotations.NullMarked;
