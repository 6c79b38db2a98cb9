package dev.finetune4j.core.model.family.olmo;

import dev.finetune4j.core.model.config.Architecture;
import dev.finetune4j.core.model.config.AttentionConfig.View;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.config.RopeConfig;
import dev.finetune4j.core.model.family.ModelDraft;

/** OLMo 3: OLMo 2 with windows in three of four blocks, whose rotation is never scaled. */
public final class Olmo3 implements Architecture {
    @Override
    public String name() {
        return "olmo3";
    }

    @Override
    public ModelConfig read(ConfigFile file) {
        ModelDraft draft = BehindLayers.olmo(name(), file);
        int window = file.window("sliding_window", 4096);
        RopeConfig whole = draft.rope().read();
        RopeConfig local = draft.rope().read("sliding_attention", draft.rope().plain(whole.theta()));
        return draft.ropes(whole, local)
                .views(i -> draft.slides(i, (i + 1) % 4 != 0) ? new View(window, 0, 1) : View.ALL)
                .build();
    }
}
