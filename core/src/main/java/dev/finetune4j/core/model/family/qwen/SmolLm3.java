package dev.finetune4j.core.model.family.qwen;

import dev.finetune4j.core.model.config.Architecture;
import dev.finetune4j.core.model.config.AttentionConfig.View;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.family.ModelDraft;

/** SmolLM3: every fourth block without rotation. */
public final class SmolLm3 implements Architecture {
    @Override
    public String name() {
        return "smollm3";
    }

    @Override
    public ModelConfig read(ConfigFile file) {
        boolean bias = file.flag("attention_bias", false);
        ModelDraft draft = ModelDraft.of(name(), file);
        return QwenWindows.apply(draft.views(i -> new View(0, 0, Unrotated.rope(draft, i, 4))))
                .attentionBias(bias, bias)
                .feedForwardBias(file.flag("mlp_bias", false))
                .build();
    }
}
