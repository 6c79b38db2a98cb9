/**
 * The one way through a model while it trains: forward through the segments, the loss at the head, gradients back, block
 * by block. Nothing here knows a stage by name.
 */
@NullMarked
package dev.finetune4j.training.walk;

import org.jspecify.annotations.NullMarked;
