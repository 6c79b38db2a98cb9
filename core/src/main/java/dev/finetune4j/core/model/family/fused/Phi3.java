package dev.finetune4j.core.model.family.fused;

import dev.finetune4j.core.model.config.Architecture;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ModelConfig;

/** Phi-3, Phi-3.5 and Phi-4: one map for q, k and v, one for gate and up; LongRoPE in the long ones. */
public final class Phi3 implements Architecture {
    @Override
    public String name() {
        return "phi3";
    }

    @Override
    public ModelConfig read(ConfigFile file) {
        return Fused.of(name(), file).window(file.window("sliding_window", 0)).build();
    }
}
