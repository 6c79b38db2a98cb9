package dev.finetune4j.core.model.family.experts;

import dev.finetune4j.core.model.config.Architecture;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ExpertConfig.Names;
import dev.finetune4j.core.model.config.ExpertConfig.Router;
import dev.finetune4j.core.model.config.ExpertConfig.Shared;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.family.ModelDraft;
import dev.finetune4j.core.model.family.qwen.QwenWindows;

/** Qwen 1.5 and 2 with experts: a shared one behind a gate (Yang et al. 2024). */
public final class Qwen2Moe implements Architecture {
    @Override
    public String name() {
        return "qwen2_moe";
    }

    @Override
    public ModelConfig read(ConfigFile file) {
        ModelDraft draft =
                QwenWindows.apply(ModelDraft.of(name(), file).attentionBias(file.flag("qkv_bias", true), false));
        Router router = Router.softmax(file.flag("norm_topk_prob", false));
        Shared shared = new Shared(file.size("shared_expert_intermediate_size", 5632), true);
        int width = file.size("moe_intermediate_size", 1408);
        return draft.experts(
                        Experts.sparse(Experts.of(draft, router, width, NAMES).with(shared), draft))
                .build();
    }

    private static final Names NAMES = new Names(
            "mlp",
            "gate",
            "gate.correction",
            "experts",
            "gate_proj",
            "up_proj",
            "down_proj",
            "shared_expert",
            "shared_expert_gate");
}
