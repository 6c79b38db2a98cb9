/** The Gemma families. */
@NullMarked
package dev.finetune4j.core.model.family.google;

import org.jspecify.annotations.NullMarked;
