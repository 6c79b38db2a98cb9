package dev.finetune4j.core.model.family.llama;

import dev.finetune4j.core.model.config.Architecture;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.family.ModelDraft;

/** InternLM 1: Llama with biases in attention. */
public final class InternLm implements Architecture {
    @Override
    public String name() {
        return "internlm";
    }

    @Override
    public ModelConfig read(ConfigFile file) {
        boolean bias = file.flag("bias", true);
        return ModelDraft.of(name(), file).attentionBias(bias, bias).build();
    }
}
