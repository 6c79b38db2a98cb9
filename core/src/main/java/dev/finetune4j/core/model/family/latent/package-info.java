/** Families with multi-head latent attention. */
@NullMarked
package dev.finetune4j.core.model.family.latent;

import org.jspecify.annotations.NullMarked;
