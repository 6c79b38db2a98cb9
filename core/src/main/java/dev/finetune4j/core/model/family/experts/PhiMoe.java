package dev.finetune4j.core.model.family.experts;

import dev.finetune4j.core.model.config.Architecture;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ExpertConfig.Router;
import dev.finetune4j.core.model.config.ExpertConfig.Score;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.config.NormConfig.Kind;
import dev.finetune4j.core.model.family.ModelDraft;

/** Phi-3.5-MoE: layer norms, biases, experts chosen in two rounds. */
public final class PhiMoe implements Architecture {
    @Override
    public String name() {
        return "phimoe";
    }

    @Override
    public ModelConfig read(ConfigFile file) {
        boolean bias = file.flag("attention_bias", false);
        ModelDraft draft = ModelDraft.of(name(), file)
                .norm(Kind.LAYER, file.number("rms_norm_eps", 1e-5))
                .attentionBias(bias, bias)
                .window(file.window("sliding_window", 0))
                .headBias(file.flag("lm_head_bias", false));
        Router router = new Router(Score.SPARSE_MIXER, false, 1, 1, 1, false, file.number("router_jitter_noise", 0.01));
        return draft.experts(Experts.of(draft, router, draft.sizes().intermediate(), Mixtral.NAMES))
                .build();
    }
}
