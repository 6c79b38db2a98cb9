package dev.finetune4j.core.model.family.experts;

import dev.finetune4j.core.model.config.Architecture;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ExpertConfig;
import dev.finetune4j.core.model.config.ExpertConfig.Names;
import dev.finetune4j.core.model.config.ExpertConfig.Router;
import dev.finetune4j.core.model.config.ExpertConfig.Shared;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.family.ModelDraft;
import dev.finetune4j.core.model.family.llama.Hunyuan;

/** Hunyuan with experts: norms on q and k after the rotation, a shared expert. */
public final class HunyuanMoe implements Architecture {
    @Override
    public String name() {
        return "hunyuan_v1_moe";
    }

    @Override
    public ModelConfig read(ConfigFile file) {
        ModelDraft draft = Hunyuan.draft(name(), file);
        Shared shared = new Shared(draft.sizes().intermediate() * file.size("num_shared_expert", 1), false);
        ExpertConfig experts =
                Experts.of(draft, Router.softmax(true), draft.sizes().intermediate(), NAMES);
        return draft.experts(file.flag("use_mixed_mlp_moe", false) ? experts.with(shared) : experts)
                .build();
    }

    private static final Names NAMES = new Names(
            "mlp",
            "gate.wg",
            "gate.correction",
            "experts",
            "gate_proj",
            "up_proj",
            "down_proj",
            "shared_mlp",
            "shared_gate");
}
