package dev.finetune4j.core.model.family.experts;

import dev.finetune4j.core.model.config.Architecture;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ExpertConfig.Names;
import dev.finetune4j.core.model.config.ExpertConfig.Router;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.family.ModelDraft;

/** Mixtral (Jiang et al. 2024): Mistral with experts in every block. */
public final class Mixtral implements Architecture {
    @Override
    public String name() {
        return "mixtral";
    }

    @Override
    public ModelConfig read(ConfigFile file) {
        ModelDraft draft = ModelDraft.of(name(), file).window(file.window("sliding_window", 0));
        return draft.experts(
                        Experts.of(draft, Router.softmax(true), draft.sizes().intermediate(), NAMES))
                .build();
    }

    static final Names NAMES = new Names(
            "block_sparse_moe", "gate", "gate.correction", "experts", "w1", "w3", "w2", "shared", "shared_gate");
}
