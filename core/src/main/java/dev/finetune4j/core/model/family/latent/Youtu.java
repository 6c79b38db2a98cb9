package dev.finetune4j.core.model.family.latent;

import dev.finetune4j.core.model.config.Architecture;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ModelConfig;

/** Youtu-LLM: latent attention without experts. */
public final class Youtu implements Architecture {
    @Override
    public String name() {
        return "youtu";
    }

    @Override
    public ModelConfig read(ConfigFile file) {
        return Latent.of(name(), file).build();
    }
}
