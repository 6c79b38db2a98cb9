package dev.finetune4j.core.model.family.classic;

import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.FeedForwardConfig.Kind;
import dev.finetune4j.core.model.config.Names;
import dev.finetune4j.core.model.config.NormConfig;
import dev.finetune4j.core.model.family.ModelDraft;

/** What the families of this package share: layer norms and a plain feed-forward layer. */
final class Classic {
    private Classic() {}

    static ModelDraft of(String family, ConfigFile file, Names names) {
        return ModelDraft.of(family, file)
                .names(names)
                .norm(NormConfig.Kind.LAYER, file.number("layer_norm_eps", 1e-5))
                .feedForward(Kind.PLAIN);
    }

    /** Maps of attention and feed-forward layer as Falcon, BLOOM and GPT-NeoX call them. */
    static Names.Attention attention(String module) {
        return new Names.Attention(
                module, "query_key_value", "query_key_value", "query_key_value", "dense", "q_norm", "k_norm");
    }

    static final Names.FeedForward MLP =
            new Names.FeedForward("mlp", "dense_h_to_4h", "dense_h_to_4h", "dense_4h_to_h");
}
