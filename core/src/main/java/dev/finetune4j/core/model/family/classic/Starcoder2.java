package dev.finetune4j.core.model.family.classic;

import dev.finetune4j.core.model.config.Architecture;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.config.Names;
import dev.finetune4j.core.model.config.Names.FeedForward;

/** StarCoder2 (Lozhkov et al. 2024): layer norms, biases, a window. */
public final class Starcoder2 implements Architecture {
    @Override
    public String name() {
        return "starcoder2";
    }

    @Override
    public ModelConfig read(ConfigFile file) {
        boolean bias = file.flag("use_bias", true);
        return Classic.of(name(), file, NAMES)
                .attentionBias(bias, bias)
                .feedForwardBias(bias)
                .window(file.window("sliding_window", 0))
                .build();
    }

    private static final Names NAMES = Names.LLAMA.with(new FeedForward("mlp", "c_fc", "c_fc", "c_proj"));
}
