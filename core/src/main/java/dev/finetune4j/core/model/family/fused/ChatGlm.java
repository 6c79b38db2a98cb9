package dev.finetune4j.core.model.family.fused;

import dev.finetune4j.core.model.config.Architecture;
import dev.finetune4j.core.model.config.AttentionConfig.Layout;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.FeedForwardConfig.Kind;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.config.Names;
import dev.finetune4j.core.model.config.Names.Attention;
import dev.finetune4j.core.model.config.Names.FeedForward;
import dev.finetune4j.core.model.config.RopeConfig;
import dev.finetune4j.core.model.family.ModelDraft;
import java.util.List;

/** ChatGLM2, ChatGLM3 and GLM-4 in their first form: GLM under other names and keys. */
public final class ChatGlm implements Architecture {
    @Override
    public String name() {
        return "chatglm";
    }

    @Override
    public ModelConfig read(ConfigFile file) {
        boolean bias = file.flag("add_bias_linear", false);
        if (!file.flag("rmsnorm", true) || file.flag("apply_residual_connection_post_layernorm", false)) {
            throw file.problem(
                    "rmsnorm", "and its neighbours describe a ChatGLM with other norms than the published ones.");
        }
        ModelDraft draft =
                ModelDraft.of(name(), file).names(NAMES).layout(Layout.BLOCKS).feedForward(Kind.GATED_FUSED);
        boolean shared = file.flag("multi_query_attention", false);
        double theta = 10000 * file.number("rope_ratio", 1);
        return draft.keyValueHeads(shared ? file.size("multi_query_group_num") : draft.heads())
                .attentionBias(bias || file.flag("add_qkv_bias", false), bias)
                .feedForwardBias(bias)
                .ropes(RopeConfig.plain(draft.headDim() / 2, theta).asInterleaved())
                .build();
    }

    private static final Names NAMES = new Names(
            "transformer.embedding.word_embeddings",
            null,
            null,
            "transformer.encoder.layers",
            new Attention(
                    "self_attention",
                    "query_key_value",
                    "query_key_value",
                    "query_key_value",
                    "dense",
                    "q_norm",
                    "k_norm"),
            new FeedForward("mlp", "dense_h_to_4h", "dense_h_to_4h", "dense_4h_to_h"),
            "transformer.encoder.final_layernorm",
            "transformer.output_layer",
            "transformer.",
            List.of(".*rotary_pos_emb\\.inv_freq"));
}
