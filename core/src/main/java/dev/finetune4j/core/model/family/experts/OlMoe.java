package dev.finetune4j.core.model.family.experts;

import dev.finetune4j.core.model.config.Architecture;
import dev.finetune4j.core.model.config.AttentionConfig.Span;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ExpertConfig.Names;
import dev.finetune4j.core.model.config.ExpertConfig.Router;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.family.ModelDraft;

/** OLMoE (Muennighoff et al. 2024): norms over all of q and k, experts in every block. */
public final class OlMoe implements Architecture {
    @Override
    public String name() {
        return "olmoe";
    }

    @Override
    public ModelConfig read(ConfigFile file) {
        boolean bias = file.flag("attention_bias", false);
        ModelDraft draft = ModelDraft.of(name(), file)
                .attentionBias(bias, bias)
                .queryKeyNorm(Span.ALL)
                .clip(file.number("clip_qkv", 0));
        Router router = Router.softmax(file.flag("norm_topk_prob", false));
        return draft.experts(Experts.of(draft, router, draft.sizes().intermediate(), Names.USUAL))
                .build();
    }
}
