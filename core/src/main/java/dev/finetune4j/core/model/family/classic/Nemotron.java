package dev.finetune4j.core.model.family.classic;

import dev.finetune4j.core.model.config.Architecture;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.config.Names;
import dev.finetune4j.core.model.config.NormConfig.Kind;

/** Nemotron 3 and 4: layer norms with an offset weight, squared ReLU. */
public final class Nemotron implements Architecture {
    @Override
    public String name() {
        return "nemotron";
    }

    @Override
    public ModelConfig read(ConfigFile file) {
        boolean bias = file.flag("attention_bias", false);
        return Classic.of(name(), file, Names.LLAMA)
                .norm(Kind.LAYER_OFFSET, file.number("norm_eps", 1e-5))
                .attentionBias(bias, bias)
                .feedForwardBias(file.flag("mlp_bias", false))
                .build();
    }
}
