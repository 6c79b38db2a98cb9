package dev.finetune4j.core.model.family.olmo;

import dev.finetune4j.core.model.config.Architecture;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ModelConfig;

/** OLMo 2: norms behind the layers and over all of q and k. */
public final class Olmo2 implements Architecture {
    @Override
    public String name() {
        return "olmo2";
    }

    @Override
    public ModelConfig read(ConfigFile file) {
        return BehindLayers.olmo(name(), file).build();
    }
}
