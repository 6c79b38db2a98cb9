package dev.finetune4j.core.model.family.llama;

import dev.finetune4j.core.model.config.Architecture;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.family.ModelDraft;

/** ERNIE 4.5 dense: neighbours rotate together. */
public final class Ernie45 implements Architecture {
    @Override
    public String name() {
        return "ernie4_5";
    }

    @Override
    public ModelConfig read(ConfigFile file) {
        boolean bias = file.flag("use_bias", false);
        return ModelDraft.of(name(), file)
                .headDimOr(128)
                .interleaved()
                .attentionBias(bias, bias)
                .feedForwardBias(bias)
                .build();
    }
}
