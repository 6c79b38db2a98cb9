package dev.finetune4j.core.model.family.fused;

import dev.finetune4j.core.model.config.Architecture;
import dev.finetune4j.core.model.config.AttentionConfig.Layout;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.config.Names.Attention;
import dev.finetune4j.core.model.family.ModelDraft;

/** Baichuan 1 and 2: Llama with one map for q, k and v; the large ones have linear biases instead of rotation. */
public final class Baichuan implements Architecture {
    @Override
    public String name() {
        return "baichuan";
    }

    @Override
    public ModelConfig read(ConfigFile file) {
        ModelDraft draft = ModelDraft.of(name(), file).layout(Layout.BLOCKS);
        draft.names(draft.names().with(ATTENTION));
        if (!file.root().has("max_position_embeddings")) {
            // The 13B models give a model_max_length only.
            draft.alibi();
        }
        return (file.size("vocab_size") == SECOND ? draft.unitHead() : draft).build();
    }

    /** Vocabulary of Baichuan 2, whose head has rows of length one. */
    private static final int SECOND = 125_696;

    private static final Attention ATTENTION =
            new Attention("self_attn", "W_pack", "W_pack", "W_pack", "o_proj", "q_norm", "k_norm");
}
