package dev.finetune4j.core.model.family.llama;

import dev.finetune4j.core.model.config.Architecture;
import dev.finetune4j.core.model.config.AttentionConfig.QueryKeyNorm;
import dev.finetune4j.core.model.config.AttentionConfig.Span;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.config.Names.Attention;
import dev.finetune4j.core.model.family.ModelDraft;

/** Hunyuan dense: norms on q and k after the rotation. */
public final class Hunyuan implements Architecture {
    @Override
    public String name() {
        return "hunyuan_v1_dense";
    }

    @Override
    public ModelConfig read(ConfigFile file) {
        return draft(name(), file).build();
    }

    /** For the family with experts too. */
    public static ModelDraft draft(String family, ConfigFile file) {
        boolean bias = file.flag("attention_bias", false);
        ModelDraft draft = ModelDraft.of(family, file).attentionBias(bias, bias);
        return draft.names(draft.names().with(NAMES)).queryKeyNorm(new QueryKeyNorm(Span.HEAD, true, draft.norm()));
    }

    private static final Attention NAMES =
            new Attention("self_attn", "q_proj", "k_proj", "v_proj", "o_proj", "query_layernorm", "key_layernorm");
}
