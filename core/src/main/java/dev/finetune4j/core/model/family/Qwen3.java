package dev.finetune4j.core.model.family;

import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ModelConfig;

/** Qwen3: norms on q and k per head, an explicit head width (Yang et al. 2025). */
public final class Qwen3 extends DenseFamily {
    @Override
    public String name() {
        return "qwen3";
    }

    @Override
    int headDim(ConfigFile config, ModelConfig.Sizes sizes, int heads) {
        return 128;
    }

    @Override
    Traits traits(ConfigFile config, int layers) {
        boolean bias = config.flag("attention_bias", false);
        return new Traits(bias, bias, false, true, qwenWindows(config, layers));
    }
}
