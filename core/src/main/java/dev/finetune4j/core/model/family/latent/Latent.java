package dev.finetune4j.core.model.family.latent;

import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.LatentConfig;
import dev.finetune4j.core.model.family.ModelDraft;
import dev.finetune4j.core.model.family.experts.Experts;

/** What families with latent attention share. */
final class Latent {
    /** The norms of the narrow vectors are built without the config's value. */
    private static final double NARROW_EPSILON = 1e-6;

    private Latent() {}

    static ModelDraft of(String family, ConfigFile file) {
        LatentConfig latent = new LatentConfig(
                file.size("q_lora_rank", 0),
                file.size("kv_lora_rank", 512),
                file.size("qk_nope_head_dim", 128),
                file.size("qk_rope_head_dim", 64),
                file.size("v_head_dim", 128),
                NARROW_EPSILON,
                file.flag("attention_bias", false));
        ModelDraft draft = ModelDraft.of(family, file).latent(latent);
        draft.keyValueHeads(draft.heads()).headDimOr(latent.queryDim());
        if (file.flag("rope_interleave", true)) {
            draft.interleaved();
        }
        return draft.scale(draft.rope().latentScale() / Math.sqrt(latent.queryDim()))
                .names(draft.names().ignoring(Experts.FURTHER_LAYERS));
    }
}
