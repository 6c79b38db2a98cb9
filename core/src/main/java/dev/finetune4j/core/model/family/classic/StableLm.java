package dev.finetune4j.core.model.family.classic;

import dev.finetune4j.core.model.config.Architecture;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.config.NormConfig.Kind;
import dev.finetune4j.core.model.family.ModelDraft;

/** StableLM 3B and 2: Llama with layer norms and a quarter of each head rotated. */
public final class StableLm implements Architecture {
    @Override
    public String name() {
        return "stablelm";
    }

    @Override
    public ModelConfig read(ConfigFile file) {
        if (file.flag("qk_layernorm", false)) {
            throw file.problem(
                    "qk_layernorm", "is true: norms that each head keeps in a tensor of its own are not built.");
        }
        ModelDraft draft = ModelDraft.of(name(), file)
                .norm(Kind.LAYER, file.number("layer_norm_eps", 1e-5))
                .attentionBias(file.flag("use_qkv_bias", false), false);
        return (file.flag("use_parallel_residual", false) ? draft.parallel("input_layernorm", null) : draft).build();
    }
}
