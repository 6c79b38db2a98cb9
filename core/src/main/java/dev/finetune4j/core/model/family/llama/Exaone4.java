package dev.finetune4j.core.model.family.llama;

import dev.finetune4j.core.model.config.Architecture;
import dev.finetune4j.core.model.config.AttentionConfig.Span;
import dev.finetune4j.core.model.config.AttentionConfig.View;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.family.ModelDraft;

/** EXAONE 4: norms behind the layers and on q and k; blocks that see everything are not rotated. */
public final class Exaone4 implements Architecture {
    @Override
    public String name() {
        return "exaone4";
    }

    @Override
    public ModelConfig read(ConfigFile file) {
        ModelDraft draft = ModelDraft.of(name(), file);
        int window = file.window("sliding_window", 0);
        return draft.sequential(null, "post_attention_layernorm", null, "post_feedforward_layernorm")
                .queryKeyNorm(Span.HEAD)
                .views(i -> view(draft, i, window))
                .build();
    }

    /** Without windows all blocks are rotated. */
    private static View view(ModelDraft draft, int index, int window) {
        if (window == 0) {
            return View.ALL;
        }
        boolean slides = draft.slides(index, (index + 1) % period(draft.file()) != 0);
        return new View(slides ? window : 0, 0, slides ? 0 : -1);
    }

    /** Published files write a pattern such as LLLG. */
    private static int period(ConfigFile file) {
        String key = "sliding_window_pattern";
        return file.node(key).isTextual() ? Math.max(1, file.text(key).length()) : file.size(key, 4);
    }
}
