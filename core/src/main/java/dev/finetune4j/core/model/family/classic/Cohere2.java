package dev.finetune4j.core.model.family.classic;

import dev.finetune4j.core.model.config.Architecture;
import dev.finetune4j.core.model.config.AttentionConfig.View;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.family.ModelDraft;

/** Command R7B: Cohere with windows; blocks that see everything are not rotated. */
public final class Cohere2 implements Architecture {
    @Override
    public String name() {
        return "cohere2";
    }

    @Override
    public ModelConfig read(ConfigFile file) {
        ModelDraft draft = SideBySide.cohere(name(), file);
        int window = file.window("sliding_window", 4096);
        int pattern = file.size("sliding_window_pattern", 4);
        return draft.views(i -> draft.slides(i, (i + 1) % pattern != 0) ? new View(window, 0, 0) : new View(0, 0, -1))
                .build();
    }
}
