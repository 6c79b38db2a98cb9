package dev.finetune4j.core.model.family.experts;

import dev.finetune4j.core.model.config.Architecture;
import dev.finetune4j.core.model.config.AttentionConfig.Span;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.family.ModelDraft;

/** dots.llm1: norms on q and k, experts as in DeepSeek V3. */
public final class Dots1 implements Architecture {
    @Override
    public String name() {
        return "dots1";
    }

    @Override
    public ModelConfig read(ConfigFile file) {
        boolean bias = file.flag("attention_bias", false);
        int window = file.window("sliding_window", 0);
        ModelDraft draft = ModelDraft.of(name(), file).attentionBias(bias, bias).queryKeyNorm(Span.HEAD);
        draft.windows(i -> draft.slides(i, false) ? window : 0);
        return draft.experts(Experts.deepseek(draft, Experts.sigmoid(file))).build();
    }
}
