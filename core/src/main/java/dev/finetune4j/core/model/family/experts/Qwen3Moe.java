package dev.finetune4j.core.model.family.experts;

import dev.finetune4j.core.model.config.Architecture;
import dev.finetune4j.core.model.config.AttentionConfig.Span;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ExpertConfig.Names;
import dev.finetune4j.core.model.config.ExpertConfig.Router;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.family.ModelDraft;

/** Qwen3 with experts (Yang et al. 2025). */
public final class Qwen3Moe implements Architecture {
    @Override
    public String name() {
        return "qwen3_moe";
    }

    @Override
    public ModelConfig read(ConfigFile file) {
        boolean bias = file.flag("attention_bias", false);
        ModelDraft draft = ModelDraft.of(name(), file).attentionBias(bias, bias).queryKeyNorm(Span.HEAD);
        if (file.flag("use_sliding_window", false)) {
            draft.window(file.window("sliding_window", 4096));
        }
        Router router = Router.softmax(file.flag("norm_topk_prob", false));
        int width = file.size("moe_intermediate_size", 768);
        return draft.experts(Experts.sparse(Experts.of(draft, router, width, Names.USUAL), draft))
                .build();
    }
}
