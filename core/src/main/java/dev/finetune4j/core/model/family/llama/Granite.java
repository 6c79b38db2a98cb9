package dev.finetune4j.core.model.family.llama;

import dev.finetune4j.core.model.config.Architecture;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.family.ModelDraft;

/** Granite: Llama with four multipliers (IBM 2024). */
public final class Granite implements Architecture {
    @Override
    public String name() {
        return "granite";
    }

    @Override
    public ModelConfig read(ConfigFile file) {
        return Multipliers.granite(ModelDraft.of(name(), file)).build();
    }
}
