package dev.finetune4j.core.model.family.classic;

import dev.finetune4j.core.model.config.Architecture;
import dev.finetune4j.core.model.config.AttentionConfig.Layout;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.config.Names;
import dev.finetune4j.core.model.family.ModelDraft;
import java.util.List;

/** GPT-NeoX and Pythia (Black et al. 2022): layers side by side, a quarter of each head rotated. */
public final class GptNeoX implements Architecture {
    @Override
    public String name() {
        return "gpt_neox";
    }

    @Override
    public ModelConfig read(ConfigFile file) {
        boolean bias = file.flag("attention_bias", true);
        ModelDraft draft = Classic.of(name(), file, NAMES).layout(Layout.GROUPS).attentionBias(bias, bias);
        boolean parallel = file.flag("use_parallel_residual", true);
        return (parallel ? draft.parallel("input_layernorm", "post_attention_layernorm") : draft)
                .feedForwardBias(true)
                .build();
    }

    private static final Names NAMES = new Names(
            "gpt_neox.embed_in",
            null,
            null,
            "gpt_neox.layers",
            Classic.attention("attention"),
            Classic.MLP,
            "gpt_neox.final_layer_norm",
            "embed_out",
            "gpt_neox.",
            List.of(".*\\.attention\\.(masked_)?bias", ".*rotary_emb\\.inv_freq"));
}
