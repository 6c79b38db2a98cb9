/**
 * What a checkpoint says about itself: {@code config.json} in both generations of its keys, read by the architecture of its
 * family into one {@link dev.finetune4j.core.model.config.ModelConfig}. Facts only; nothing here is a user's wish.
 */
@NullMarked
package dev.finetune4j.core.model.config;

import org.jspecify.annotations.NullMarked;
