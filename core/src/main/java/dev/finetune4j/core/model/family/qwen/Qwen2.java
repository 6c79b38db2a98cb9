package dev.finetune4j.core.model.family.qwen;

import dev.finetune4j.core.model.config.Architecture;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.family.ModelDraft;

/** Qwen 1.5 to 2.5: biases on q, k and v (Yang et al. 2024). */
public final class Qwen2 implements Architecture {
    @Override
    public String name() {
        return "qwen2";
    }

    @Override
    public ModelConfig read(ConfigFile file) {
        return QwenWindows.apply(ModelDraft.of(name(), file).attentionBias(true, false))
                .build();
    }
}
