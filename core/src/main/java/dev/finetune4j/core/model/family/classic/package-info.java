/** Families with layer norms, plain feed-forward layers or layers side by side. */
@NullMarked
package dev.finetune4j.core.model.family.classic;

import org.jspecify.annotations.NullMarked;
