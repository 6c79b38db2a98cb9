/**
 * Model families. Each is one {@link dev.finetune4j.core.model.config.Architecture}, a list of what it changes of Llama's
 * facts in a {@link dev.finetune4j.core.model.family.ModelDraft}; its packages group them by descent. A family that does not
 * fit shows that {@link dev.finetune4j.core.model.config.ModelConfig} lacks a fact.
 */
@NullMarked
package dev.finetune4j.core.model.family;

import org.jspecify.annotations.NullMarked;
