package dev.finetune4j.core.model.family.classic;

import dev.finetune4j.core.model.config.Architecture;
import dev.finetune4j.core.model.config.AttentionConfig.Layout;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.config.Names;
import dev.finetune4j.core.model.family.ModelDraft;
import java.util.List;

/** Falcon (Almazrouei et al. 2023): layers side by side, few key heads. */
public final class Falcon implements Architecture {
    @Override
    public String name() {
        return "falcon";
    }

    @Override
    public ModelConfig read(ConfigFile file) {
        if (file.flag("alibi", false)) {
            throw file.problem("alibi", "is true; this build knows the Falcons with rotation.");
        }
        boolean grouped = file.flag("new_decoder_architecture", false);
        boolean bias = file.flag("bias", false);
        ModelDraft draft = Classic.of(name(), file, NAMES).layout(Layout.GROUPS);
        int ungrouped = file.flag("multi_query", true) ? 1 : draft.heads();
        draft.keyValueHeads(grouped ? file.size("num_kv_heads", draft.heads()) : ungrouped);
        return norms(draft, grouped)
                .attentionBias(bias, bias)
                .feedForwardBias(bias)
                .build();
    }

    private static final Names NAMES = new Names(
            "transformer.word_embeddings",
            null,
            null,
            "transformer.h",
            Classic.attention("self_attention"),
            Classic.MLP,
            "transformer.ln_f",
            "lm_head",
            "transformer.",
            List.of(".*rotary_emb\\.inv_freq", ".*maybe_rotary\\.inv_freq"));

    private static ModelDraft norms(ModelDraft draft, boolean grouped) {
        ConfigFile file = draft.file();
        if (grouped && file.size("num_ln_in_parallel_attn", 2) == 2) {
            return draft.parallel("ln_attn", "ln_mlp");
        }
        return grouped || file.flag("parallel_attn", true) ? draft.parallel("input_layernorm", null) : draft;
    }
}
