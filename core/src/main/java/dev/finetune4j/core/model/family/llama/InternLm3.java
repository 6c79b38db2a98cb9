package dev.finetune4j.core.model.family.llama;

import dev.finetune4j.core.model.config.Architecture;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.family.ModelDraft;

/** InternLM3: Llama with biases chosen by two keys. */
public final class InternLm3 implements Architecture {
    @Override
    public String name() {
        return "internlm3";
    }

    @Override
    public ModelConfig read(ConfigFile file) {
        return ModelDraft.of(name(), file)
                .attentionBias(file.flag("qkv_bias", false), file.flag("bias", false))
                .feedForwardBias(file.flag("bias", false))
                .build();
    }
}
