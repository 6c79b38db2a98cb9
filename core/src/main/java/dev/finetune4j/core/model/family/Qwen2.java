package dev.finetune4j.core.model.family;

import dev.finetune4j.core.model.config.ConfigFile;

/** Qwen2 and Qwen2.5: biases on q, k and v (Yang et al. 2024). */
public final class Qwen2 extends DenseFamily {
    @Override
    public String name() {
        return "qwen2";
    }

    @Override
    Traits traits(ConfigFile config, int layers) {
        return new Traits(true, false, false, false, qwenWindows(config, layers));
    }
}
