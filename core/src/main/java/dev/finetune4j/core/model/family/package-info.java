/** Model families, one {@link dev.finetune4j.core.model.config.Architecture} each: which facts of a config file mean what. */
@NullMarked
package dev.finetune4j.core.model.family;

import org.jspecify.annotations.NullMarked;
