package dev.finetune4j.core.model.family.fused;

import dev.finetune4j.core.model.config.AttentionConfig.Layout;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.FeedForwardConfig.Kind;
import dev.finetune4j.core.model.config.Names.Attention;
import dev.finetune4j.core.model.config.Names.FeedForward;
import dev.finetune4j.core.model.family.ModelDraft;

/** What Phi-3 and the GLMs share: gate and up as one map. */
final class Fused {
    private static final FeedForward MLP = new FeedForward("mlp", "gate_up_proj", "gate_up_proj", "down_proj");
    private static final Attention ATTENTION =
            new Attention("self_attn", "qkv_proj", "qkv_proj", "qkv_proj", "o_proj", "q_norm", "k_norm");

    private Fused() {}

    /** One map for q, k and v too. */
    static ModelDraft of(String family, ConfigFile file) {
        ModelDraft draft = ModelDraft.of(family, file).layout(Layout.BLOCKS).feedForward(Kind.GATED_FUSED);
        return draft.names(draft.names().with(ATTENTION).with(MLP));
    }

    /** Separate q, k and v with biases; neighbours rotate together. */
    static ModelDraft glm(String family, ConfigFile file) {
        ModelDraft draft = ModelDraft.of(family, file)
                .feedForward(Kind.GATED_FUSED)
                .attentionBias(file.flag("attention_bias", true), false)
                .interleaved();
        return draft.names(draft.names().with(MLP));
    }
}
