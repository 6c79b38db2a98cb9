package dev.finetune4j.core.model.family.llama;

import dev.finetune4j.core.model.config.Architecture;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.config.ModelConfig.InputConfig;
import dev.finetune4j.core.model.family.ModelDraft;

/** MiniCPM 1, 2 and 4: Llama with multipliers by width and depth (Hu et al. 2024, section 3). */
public final class MiniCpm implements Architecture {
    @Override
    public String name() {
        return "minicpm";
    }

    @Override
    public ModelConfig read(ConfigFile file) {
        boolean bias = file.flag("attention_bias", false);
        int base = file.size("dim_model_base", file.size("hidden_size"));
        return ModelDraft.of(name(), file)
                .attentionBias(bias, bias)
                .input(new InputConfig(file.number("scale_emb", 1), false, 0, false))
                .residualMultiplier(file.number("scale_depth", 1) / Math.sqrt(file.size("num_hidden_layers")))
                .logitMultiplier((double) base / file.size("hidden_size"))
                .build();
    }
}
