package dev.finetune4j.core.model.family.latent;

import dev.finetune4j.core.model.config.Architecture;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.family.ModelDraft;
import dev.finetune4j.core.model.family.experts.Experts;

/** DeepSeek V3, R1 and Moonlight: latent attention, experts chosen by corrected sigmoids. */
public final class DeepseekV3 implements Architecture {
    @Override
    public String name() {
        return "deepseek_v3";
    }

    @Override
    public ModelConfig read(ConfigFile file) {
        ModelDraft draft = Latent.of(name(), file);
        return draft.experts(Experts.deepseek(draft, Experts.sigmoid(file))).build();
    }
}
