/**
 * Multi-head latent attention: self-attention whose keys and values are made of one narrow vector per token, which is all that
 * a cache or a thin tape has to hold of them.
 */
@NullMarked
package dev.finetune4j.core.model.attention.latent;

import org.jspecify.annotations.NullMarked;
