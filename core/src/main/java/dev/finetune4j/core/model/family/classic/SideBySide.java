package dev.finetune4j.core.model.family.classic;

import dev.finetune4j.core.model.config.AttentionConfig.Span;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.NormConfig.Kind;
import dev.finetune4j.core.model.family.ModelDraft;

/** What the Cohere families share. */
final class SideBySide {
    private SideBySide() {}

    static ModelDraft cohere(String family, ConfigFile file) {
        boolean bias = file.flag("attention_bias", false);
        ModelDraft draft = ModelDraft.of(family, file)
                .norm(Kind.LAYER_UNBIASED, file.number("layer_norm_eps", 1e-5))
                .parallel("input_layernorm", null)
                .attentionBias(bias, bias)
                .interleaved()
                .logitMultiplier(file.number("logit_scale", 0.0625));
        return file.flag("use_qk_norm", false) ? draft.queryKeyNorm(Span.HEAD_OWN_WEIGHT) : draft;
    }
}
