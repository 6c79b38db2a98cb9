package dev.finetune4j.core.model.family.llama;

import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ModelConfig.InputConfig;
import dev.finetune4j.core.model.family.ModelDraft;

/** Granite's factors on embeddings, scores, residuals and logits. */
public final class Multipliers {
    private Multipliers() {}

    /** With the biases that the same keys choose. */
    public static ModelDraft granite(ModelDraft draft) {
        ConfigFile file = draft.file();
        boolean bias = file.flag("attention_bias", false);
        return draft.attentionBias(bias, bias)
                .feedForwardBias(file.flag("mlp_bias", false))
                .input(new InputConfig(file.number("embedding_multiplier", 1), false, 0, false))
                .scale(file.number("attention_multiplier", 1))
                .residualMultiplier(file.number("residual_multiplier", 1))
                .logitMultiplier(1 / file.number("logits_scaling", 1));
    }
}
