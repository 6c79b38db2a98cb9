/** The OLMo families without experts. */
@NullMarked
package dev.finetune4j.core.model.family.olmo;

import org.jspecify.annotations.NullMarked;
