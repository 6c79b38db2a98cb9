package dev.finetune4j.core.model.family.classic;

import dev.finetune4j.core.model.config.Architecture;
import dev.finetune4j.core.model.config.AttentionConfig.Layout;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.config.ModelConfig.InputConfig;
import dev.finetune4j.core.model.config.Names;
import java.util.List;

/** BLOOM (BigScience 2022): linear biases on distance, a norm behind the embedding. */
public final class Bloom implements Architecture {
    @Override
    public String name() {
        return "bloom";
    }

    @Override
    public ModelConfig read(ConfigFile file) {
        if (file.flag("apply_residual_connection_post_layernorm", false)) {
            throw file.problem("apply_residual_connection_post_layernorm", "is true, which no published BLOOM has.");
        }
        return Classic.of(name(), file, NAMES)
                .layout(Layout.GROUPS)
                .attentionBias(true, true)
                .feedForwardBias(true)
                .alibi()
                .activation("gelu_pytorch_tanh")
                .input(new InputConfig(1, false, 0, true))
                .build();
    }

    private static final Names NAMES = new Names(
            "transformer.word_embeddings",
            null,
            "transformer.word_embeddings_layernorm",
            "transformer.h",
            Classic.attention("self_attention"),
            Classic.MLP,
            "transformer.ln_f",
            "lm_head",
            "transformer.",
            List.of());
}
