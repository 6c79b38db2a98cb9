package dev.finetune4j.core.model.family.experts;

import dev.finetune4j.core.model.config.Architecture;
import dev.finetune4j.core.model.config.AttentionConfig.Span;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.family.ModelDraft;

/** GLM-4.5: half of each head is rotated, experts chosen by corrected sigmoids. */
public final class Glm4Moe implements Architecture {
    @Override
    public String name() {
        return "glm4_moe";
    }

    @Override
    public ModelConfig read(ConfigFile file) {
        ModelDraft draft = ModelDraft.of(name(), file).attentionBias(file.flag("attention_bias", false), false);
        if (file.flag("use_qk_norm", false)) {
            draft.queryKeyNorm(Span.HEAD);
        }
        draft.names(draft.names().ignoring(Experts.FURTHER_LAYERS));
        return draft.experts(Experts.deepseek(draft, Experts.sigmoid(file))).build();
    }
}
