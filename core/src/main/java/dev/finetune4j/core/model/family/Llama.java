package dev.finetune4j.core.model.family;

import dev.finetune4j.core.model.config.ConfigFile;

/** Llama 2 and 3 and the many models of their shape (Touvron et al. 2023; Grattafiori et al. 2024). */
public final class Llama extends DenseFamily {
    @Override
    public String name() {
        return "llama";
    }

    @Override
    Traits traits(ConfigFile config, int layers) {
        boolean bias = config.flag("attention_bias", false);
        return new Traits(bias, bias, config.flag("mlp_bias", false), false, new int[layers]);
    }
}
