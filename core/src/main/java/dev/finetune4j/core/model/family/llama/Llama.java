package dev.finetune4j.core.model.family.llama;

import dev.finetune4j.core.model.config.Architecture;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.family.ModelDraft;

/** Llama 1 to 3, and the many that took over its shape (Touvron et al. 2023). */
public final class Llama implements Architecture {
    @Override
    public String name() {
        return "llama";
    }

    @Override
    public ModelConfig read(ConfigFile file) {
        boolean bias = file.flag("attention_bias", false);
        return ModelDraft.of(name(), file)
                .attentionBias(bias, bias)
                .feedForwardBias(file.flag("mlp_bias", false))
                .build();
    }
}
