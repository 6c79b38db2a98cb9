package dev.finetune4j.core.tuning;

import dev.finetune4j.core.model.Decoder;
import dev.finetune4j.core.plugin.Plugin;

/** Decides what trains. Its {@link #name} is a value of {@code finetuning_type}. Stateless. */
public interface TuningMethod extends Plugin {
    /**
     * Marks every parameter of the model as trainable or frozen, raises trainable ones to fp32 unless the request keeps the
     * checkpoint's dtype, and fills adapter slots. Nothing of the model is changed if this throws.
     *
     * @throws dev.finetune4j.core.error.ConfigException if the request names a module that the model does not have
     * @throws dev.finetune4j.core.error.WeightException if a stored adapter does not fit the model
     * @throws dev.finetune4j.core.error.UnsupportedException if a stored adapter needs what this build lacks
     */
    Adapter install(Decoder decoder, TuningRequest request);
}
