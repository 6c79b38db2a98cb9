package dev.finetune4j.core.model.family;

import dev.finetune4j.core.model.config.ConfigFile;

/** Mistral: Llama's shape with a sliding attention window (Jiang et al. 2023). */
public final class Mistral extends DenseFamily {
    @Override
    public String name() {
        return "mistral";
    }

    @Override
    Traits traits(ConfigFile config, int layers) {
        // An absent key means the family's 4096, an explicit null means no window.
        return new Traits(false, false, false, false, everywhere(config.window("sliding_window", 4096), layers));
    }
}
