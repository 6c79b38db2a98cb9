package dev.finetune4j.core.model.family.classic;

import dev.finetune4j.core.model.config.Architecture;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ModelConfig;

/** Command-R and Aya: layers side by side, layer norms without bias, neighbours rotate together. */
public final class Cohere implements Architecture {
    @Override
    public String name() {
        return "cohere";
    }

    @Override
    public ModelConfig read(ConfigFile file) {
        return SideBySide.cohere(name(), file).build();
    }
}
