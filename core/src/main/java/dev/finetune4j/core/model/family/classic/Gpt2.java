package dev.finetune4j.core.model.family.classic;

import dev.finetune4j.core.model.config.Architecture;
import dev.finetune4j.core.model.config.AttentionConfig.Layout;
import dev.finetune4j.core.model.config.AttentionConfig.View;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.config.ModelConfig.InputConfig;
import dev.finetune4j.core.model.config.Names;
import dev.finetune4j.core.model.config.Names.Attention;
import dev.finetune4j.core.model.config.Names.FeedForward;
import dev.finetune4j.core.model.family.ModelDraft;
import java.util.List;

/** GPT-2 (Radford et al. 2019): learned positions, matrices stored the other way round. */
public final class Gpt2 implements Architecture {
    @Override
    public String name() {
        return "gpt2";
    }

    @Override
    public ModelConfig read(ConfigFile file) {
        boolean byDepth = file.flag("scale_attn_by_inverse_layer_idx", false);
        ModelDraft draft = Classic.of(name(), file, NAMES).layout(Layout.BLOCKS).transposed();
        return draft.scale(file.flag("scale_attn_weights", true) ? 0 : 1)
                .attentionBias(true, true)
                .feedForwardBias(true)
                .sequential("ln_1", null, "ln_2", null)
                .views(i -> new View(0, 0, -1, byDepth ? 1.0 / (i + 1) : 1))
                .input(new InputConfig(1, false, draft.sizes().maxPositions(), false))
                .build();
    }

    private static final Names NAMES = new Names(
            "transformer.wte",
            "transformer.wpe",
            null,
            "transformer.h",
            new Attention("attn", "c_attn", "c_attn", "c_attn", "c_proj", "q_norm", "k_norm"),
            new FeedForward("mlp", "c_fc", "c_fc", "c_proj"),
            "transformer.ln_f",
            "lm_head",
            "transformer.",
            List.of(".*\\.attn\\.(masked_)?bias"));
}
