package dev.finetune4j.core.model.family.experts;

import dev.finetune4j.core.model.config.Architecture;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ExpertConfig.Form;
import dev.finetune4j.core.model.config.ExpertConfig.Names;
import dev.finetune4j.core.model.config.ExpertConfig.Router;
import dev.finetune4j.core.model.config.ExpertConfig.Score;
import dev.finetune4j.core.model.config.ExpertConfig.Storage;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.family.ModelDraft;
import dev.finetune4j.core.model.family.llama.Multipliers;

/** Granite 3 with experts, stacked in one tensor. */
public final class GraniteMoe implements Architecture {
    @Override
    public String name() {
        return "granitemoe";
    }

    @Override
    public ModelConfig read(ConfigFile file) {
        ModelDraft draft = Multipliers.granite(ModelDraft.of(name(), file));
        Router router = new Router(Score.SOFTMAX_OF_CHOSEN, false, 1, 1, 1, false, 0);
        return draft.experts(Experts.of(draft, router, draft.sizes().intermediate(), NAMES)
                        .with(Form.GATED, Storage.STACKED, false))
                .build();
    }

    private static final Names NAMES = new Names(
            "block_sparse_moe",
            "router.layer",
            "router.correction",
            "",
            "input_linear.weight",
            "input_linear.weight",
            "output_linear.weight",
            "shared",
            "shared_gate");
}
