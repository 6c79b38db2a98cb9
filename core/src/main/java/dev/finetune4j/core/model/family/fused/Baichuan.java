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
        return (isSecond(file) ? draft.unitHead() : draft).build();
    }

    /** Vocabulary of the first generation, whose large models share the class of the second. */
    private static final int FIRST = 64_000;

    private static final Attention ATTENTION =
            new Attention("self_attn", "W_pack", "W_pack", "W_pack", "o_proj", "q_norm", "k_norm");

    /** The second generation's head has rows of length one. The first wrote its class with another capital. */
    private static boolean isSecond(ConfigFile file) {
        String architecture = file.node("architectures").path(0).asText();
        return !architecture.equals("BaiChuanForCausalLM") && file.size("vocab_size") != FIRST;
    }
}
