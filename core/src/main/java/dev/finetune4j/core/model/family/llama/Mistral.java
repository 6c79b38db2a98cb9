package dev.finetune4j.core.model.family.llama;

import dev.finetune4j.core.model.config.Architecture;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.family.ModelDraft;

/** Mistral: Llama with a sliding window in every block (Jiang et al. 2023). */
public final class Mistral implements Architecture {
    @Override
    public String name() {
        return "mistral";
    }

    @Override
    public ModelConfig read(ConfigFile file) {
        // An absent key means the family's 4096, an explicit null means no window.
        return ModelDraft.of(name(), file)
                .window(file.window("sliding_window", 4096))
                .build();
    }
}
