package dev.finetune4j.core.model.family.olmo;

import dev.finetune4j.core.model.config.Architecture;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.config.NormConfig.Kind;
import dev.finetune4j.core.model.family.ModelDraft;

/** OLMo 1 (Groeneveld et al. 2024): layer norms without parameters, bounded q, k and v. */
public final class Olmo implements Architecture {
    @Override
    public String name() {
        return "olmo";
    }

    @Override
    public ModelConfig read(ConfigFile file) {
        boolean bias = file.flag("attention_bias", false);
        return ModelDraft.of(name(), file)
                .norm(Kind.LAYER_PLAIN, 1e-5)
                .attentionBias(bias, bias)
                .clip(file.number("clip_qkv", 0))
                .build();
    }
}
