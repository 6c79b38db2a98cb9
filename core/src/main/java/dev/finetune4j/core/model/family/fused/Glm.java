package dev.finetune4j.core.model.family.fused;

import dev.finetune4j.core.model.config.Architecture;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ModelConfig;

/** GLM-4 9B: half of each head is rotated, neighbours together. */
public final class Glm implements Architecture {
    @Override
    public String name() {
        return "glm";
    }

    @Override
    public ModelConfig read(ConfigFile file) {
        return Fused.glm(name(), file).build();
    }
}
