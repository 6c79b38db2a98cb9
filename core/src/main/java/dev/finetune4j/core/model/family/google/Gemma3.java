package dev.finetune4j.core.model.family.google;

import dev.finetune4j.core.model.config.Architecture;
import dev.finetune4j.core.model.config.AttentionConfig.Span;
import dev.finetune4j.core.model.config.AttentionConfig.View;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.config.RopeConfig;
import dev.finetune4j.core.model.config.RopeReader;
import dev.finetune4j.core.model.family.ModelDraft;

/** Gemma 3, text: norms on q and k; blocks with a window have a rotary embedding of their own. */
public final class Gemma3 implements Architecture {
    @Override
    public String name() {
        return "gemma3_text";
    }

    @Override
    public ModelConfig read(ConfigFile file) {
        if (file.flag("use_bidirectional_attention", false)) {
            throw file.problem(
                    "use_bidirectional_attention", "is true: a model that reads both ways does not generate.");
        }
        int window = file.window("sliding_window", 4096);
        ModelDraft draft = Geglu.sandwiched(Geglu.of(name(), file));
        RopeReader rope = draft.rope();
        RopeConfig local = rope.plain(file.number("rope_local_base_freq", 10000));
        int pattern = file.size("sliding_window_pattern", 6);
        return draft.queryKeyNorm(Span.HEAD)
                .softCap(file.number("attn_logit_softcapping", 0))
                .logitCap(file.number("final_logit_softcapping", 0))
                .ropes(rope.read(), rope.read("sliding_attention", local))
                .views(i -> draft.slides(i, (i + 1) % pattern != 0) ? new View(window, 0, 1) : View.ALL)
                .build();
    }
}
