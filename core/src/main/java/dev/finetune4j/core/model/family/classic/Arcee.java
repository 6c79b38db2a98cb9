package dev.finetune4j.core.model.family.classic;

import dev.finetune4j.core.model.config.Architecture;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.FeedForwardConfig.Kind;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.family.ModelDraft;

/** Arcee: Llama with a plain feed-forward layer and squared ReLU. */
public final class Arcee implements Architecture {
    @Override
    public String name() {
        return "arcee";
    }

    @Override
    public ModelConfig read(ConfigFile file) {
        boolean bias = file.flag("attention_bias", false);
        return ModelDraft.of(name(), file)
                .attentionBias(bias, bias)
                .feedForward(Kind.PLAIN)
                .feedForwardBias(file.flag("mlp_bias", false))
                .build();
    }
}
