package dev.finetune4j.core.model.family.fused;

import dev.finetune4j.core.model.config.Architecture;
import dev.finetune4j.core.model.config.AttentionConfig.Layout;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.config.Names;
import dev.finetune4j.core.model.config.Names.Attention;
import dev.finetune4j.core.model.config.Names.FeedForward;
import dev.finetune4j.core.model.family.ModelDraft;
import java.util.List;

/** InternLM2: Llama with one map for q, k and v, grouped by key head. */
public final class InternLm2 implements Architecture {
    @Override
    public String name() {
        return "internlm2";
    }

    @Override
    public ModelConfig read(ConfigFile file) {
        boolean bias = file.flag("bias", false);
        return ModelDraft.of(name(), file)
                .names(NAMES)
                .layout(Layout.GROUPS)
                .attentionBias(bias, bias)
                .sequential("attention_norm", null, "ffn_norm", null)
                .build();
    }

    private static final Names NAMES = new Names(
            "model.tok_embeddings",
            null,
            null,
            "model.layers",
            new Attention("attention", "wqkv", "wqkv", "wqkv", "wo", "q_norm", "k_norm"),
            new FeedForward("feed_forward", "w1", "w3", "w2"),
            "model.norm",
            "output",
            "model.",
            List.of(".*rotary_emb\\.inv_freq"));
}
