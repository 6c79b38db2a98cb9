/**
 * What a fine-tuning run changes in a model. A {@link dev.finetune4j.core.tuning.TuningMethod} marks parameters as
 * trainable and fills adapter slots; the {@link dev.finetune4j.core.tuning.Adapter} it returns switches, saves and merges
 * what was installed. Nothing here renames or wraps a module.
 */
@NullMarked
package dev.finetune4j.core.tuning;

import org.jspecify.annotations.NullMarked;
