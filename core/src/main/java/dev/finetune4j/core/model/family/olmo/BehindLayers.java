package dev.finetune4j.core.model.family.olmo;

import dev.finetune4j.core.model.config.AttentionConfig.Span;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.NormConfig.Kind;
import dev.finetune4j.core.model.family.ModelDraft;

/** What OLMo 2 and 3 share. */
final class BehindLayers {
    private BehindLayers() {}

    static ModelDraft olmo(String family, ConfigFile file) {
        boolean bias = file.flag("attention_bias", false);
        return ModelDraft.of(family, file)
                .norm(Kind.RMS_WIDE)
                .sequential(null, "post_attention_layernorm", null, "post_feedforward_layernorm")
                .attentionBias(bias, bias)
                .queryKeyNorm(Span.ALL);
    }
}
