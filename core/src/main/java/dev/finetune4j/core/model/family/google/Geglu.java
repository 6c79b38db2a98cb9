package dev.finetune4j.core.model.family.google;

import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ModelConfig.InputConfig;
import dev.finetune4j.core.model.config.NormConfig.Kind;
import dev.finetune4j.core.model.family.ModelDraft;

/** What all Gemmas share: offset norms, GELU gates, embeddings times the root of the width, wide heads. */
final class Geglu {
    private Geglu() {}

    static ModelDraft of(String family, ConfigFile file) {
        boolean bias = file.flag("attention_bias", false);
        return ModelDraft.of(family, file)
                .headDimOr(256)
                .norm(Kind.RMS_OFFSET)
                .attentionBias(bias, bias)
                .activation(activation(file))
                .input(new InputConfig(Math.sqrt(file.size("hidden_size")), true, 0, false));
    }

    /** The first Gemma files say gelu and mean its approximation. */
    private static String activation(ConfigFile file) {
        if (file.has("hidden_activation")) {
            return file.text("hidden_activation");
        }
        String given = file.has("hidden_act") ? file.text("hidden_act") : "gelu";
        return given.equals("gelu") ? "gelu_pytorch_tanh" : given;
    }

    /** Norms on both sides of each layer, and the scale of scores by a key of its own. */
    static ModelDraft sandwiched(ModelDraft draft) {
        return draft.sequential(
                        "input_layernorm",
                        "post_attention_layernorm",
                        "pre_feedforward_layernorm",
                        "post_feedforward_layernorm")
                .scale(1 / Math.sqrt(draft.file().number("query_pre_attn_scalar", 256)));
    }
}
