package dev.finetune4j.core.model.family.google;

import dev.finetune4j.core.model.config.Architecture;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.family.ModelDraft;

/** Gemma 2: norms on both sides of each layer, bounded scores and logits, a window in every second block. */
public final class Gemma2 implements Architecture {
    @Override
    public String name() {
        return "gemma2";
    }

    @Override
    public ModelConfig read(ConfigFile file) {
        int window = file.window("sliding_window", 4096);
        ModelDraft draft = Geglu.sandwiched(Geglu.of(name(), file));
        return draft.softCap(file.number("attn_logit_softcapping", 0))
                .logitCap(file.number("final_logit_softcapping", 0))
                .windows(i -> draft.slides(i, i % 2 == 0) ? window : 0)
                .build();
    }
}
