package dev.finetune4j.core.model.family.llama;

import dev.finetune4j.core.model.config.Architecture;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.family.ModelDraft;

/** Seed-OSS: Llama with biases chosen one by one. */
public final class SeedOss implements Architecture {
    @Override
    public String name() {
        return "seed_oss";
    }

    @Override
    public ModelConfig read(ConfigFile file) {
        return ModelDraft.of(name(), file)
                .headDimOr(128)
                .attentionBias(file.flag("attention_bias", true), file.flag("attention_out_bias", false))
                .feedForwardBias(file.flag("mlp_bias", false))
                .build();
    }
}
