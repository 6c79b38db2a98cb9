package dev.finetune4j.core.model.family.classic;

import dev.finetune4j.core.model.config.Architecture;
import dev.finetune4j.core.model.config.AttentionConfig.Span;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.config.Names;
import dev.finetune4j.core.model.config.Names.Attention;
import dev.finetune4j.core.model.config.Names.FeedForward;
import dev.finetune4j.core.model.family.ModelDraft;

/** Phi-1, Phi-1.5 and Phi-2: layers side by side behind one norm, biases everywhere. */
public final class Phi implements Architecture {
    @Override
    public String name() {
        return "phi";
    }

    @Override
    public ModelConfig read(ConfigFile file) {
        ModelDraft draft = Classic.of(name(), file, NAMES).parallel("input_layernorm", null);
        if (file.flag("qk_layernorm", false)) {
            draft.queryKeyNorm(Span.HEAD);
        }
        return draft.attentionBias(true, true)
                .feedForwardBias(true)
                .headBias(true)
                .build();
    }

    private static final Names NAMES = Names.LLAMA
            .with(new Attention("self_attn", "q_proj", "k_proj", "v_proj", "dense", "q_layernorm", "k_layernorm"))
            .with(new FeedForward("mlp", "fc1", "fc1", "fc2"))
            .withFinalNorm("model.final_layernorm");
}
