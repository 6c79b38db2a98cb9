package dev.finetune4j.core.model.family.classic;

import dev.finetune4j.core.model.config.Architecture;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.config.NormConfig.Kind;
import dev.finetune4j.core.model.family.ModelDraft;

/** Helium: Llama whose neighbours rotate together. */
public final class Helium implements Architecture {
    @Override
    public String name() {
        return "helium";
    }

    @Override
    public ModelConfig read(ConfigFile file) {
        boolean bias = file.flag("attention_bias", false);
        return ModelDraft.of(name(), file)
                .norm(Kind.RMS_WIDE)
                .interleaved()
                .attentionBias(bias, bias)
                .feedForwardBias(file.flag("mlp_bias", false))
                .build();
    }
}
