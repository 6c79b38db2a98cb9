package dev.finetune4j.core.model.family.qwen;

import dev.finetune4j.core.model.config.Architecture;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.family.ModelDraft;

/** MiMo: Qwen2 with further layers for predicting several tokens, which tuning leaves out. */
public final class Mimo implements Architecture {
    @Override
    public String name() {
        return "mimo";
    }

    @Override
    public ModelConfig read(ConfigFile file) {
        ModelDraft draft = ModelDraft.of(name(), file).attentionBias(true, false);
        return QwenWindows.apply(draft)
                .names(draft.names().ignoring("model\\.mtp_layers\\..*"))
                .build();
    }
}
