/** Families with mixtures of experts and ordinary attention. */
@NullMarked
package dev.finetune4j.core.model.family.experts;

import org.jspecify.annotations.NullMarked;
