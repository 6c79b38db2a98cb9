package dev.finetune4j.core.model.family.qwen;

import dev.finetune4j.core.model.config.Architecture;
import dev.finetune4j.core.model.config.AttentionConfig.Span;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.family.ModelDraft;

/** Qwen3: norms on q and k, heads of 128 (Yang et al. 2025). */
public final class Qwen3 implements Architecture {
    @Override
    public String name() {
        return "qwen3";
    }

    @Override
    public ModelConfig read(ConfigFile file) {
        boolean bias = file.flag("attention_bias", false);
        return QwenWindows.apply(ModelDraft.of(name(), file).headDimOr(128).attentionBias(bias, bias))
                .queryKeyNorm(Span.HEAD)
                .build();
    }
}
