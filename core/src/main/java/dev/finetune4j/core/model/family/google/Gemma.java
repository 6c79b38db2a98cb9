package dev.finetune4j.core.model.family.google;

import dev.finetune4j.core.model.config.Architecture;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ModelConfig;

/** Gemma (Gemma Team 2024). */
public final class Gemma implements Architecture {
    @Override
    public String name() {
        return "gemma";
    }

    @Override
    public ModelConfig read(ConfigFile file) {
        return Geglu.of(name(), file).build();
    }
}
