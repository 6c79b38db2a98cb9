package dev.finetune4j.core.model.family.fused;

import dev.finetune4j.core.model.config.Architecture;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ModelConfig;

/** GLM-4-0414 and GLM-Z1: GLM with norms on both sides of each layer. */
public final class Glm4 implements Architecture {
    @Override
    public String name() {
        return "glm4";
    }

    @Override
    public ModelConfig read(ConfigFile file) {
        return Fused.glm(name(), file)
                .sequential(
                        "input_layernorm", "post_self_attn_layernorm", "post_attention_layernorm", "post_mlp_layernorm")
                .build();
    }
}
