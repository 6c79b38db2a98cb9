package dev.finetune4j.core.model.family.llama;

import dev.finetune4j.core.model.config.Architecture;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.family.ModelDraft;

/** Ministral: Mistral whose window slides in some blocks only. */
public final class Ministral implements Architecture {
    @Override
    public String name() {
        return "ministral";
    }

    @Override
    public ModelConfig read(ConfigFile file) {
        ModelDraft draft = ModelDraft.of(name(), file);
        int window = file.window("sliding_window", 4096);
        return draft.windows(i -> draft.slides(i, true) ? window : 0).build();
    }
}
