package dev.finetune4j.core.model.family.latent;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.core.model.config.Architecture;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ExpertConfig;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.family.ModelDraft;
import dev.finetune4j.core.model.family.experts.Experts;

/** GLM-4.7 Flash: DeepSeek V3 with dense and sparse blocks listed one by one. */
public final class Glm4MoeLite implements Architecture {
    @Override
    public String name() {
        return "glm4_moe_lite";
    }

    @Override
    public ModelConfig read(ConfigFile file) {
        ModelDraft draft = Latent.of(name(), file);
        JsonNode types = file.node("mlp_layer_types");
        ExpertConfig experts = Experts.deepseek(draft, Experts.sigmoid(file));
        return draft.experts(
                        types.isArray() ? experts.in(i -> types.path(i).asText().equals("sparse")) : experts)
                .build();
    }
}
