package dev.finetune4j.core.model.family.llama;

import dev.finetune4j.core.model.config.Architecture;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.config.Names;
import dev.finetune4j.core.model.config.Names.Attention;
import dev.finetune4j.core.model.config.Names.FeedForward;
import dev.finetune4j.core.model.config.NormConfig.Kind;
import dev.finetune4j.core.model.family.ModelDraft;
import java.util.List;

/** EXAONE 3: Llama under other names. */
public final class Exaone implements Architecture {
    @Override
    public String name() {
        return "exaone";
    }

    @Override
    public ModelConfig read(ConfigFile file) {
        return ModelDraft.of(name(), file)
                .names(NAMES)
                .norm(Kind.RMS, file.number("layer_norm_epsilon", 1e-5))
                .sequential("ln_1", null, "ln_2", null)
                .activation(file.has("activation_function") ? file.text("activation_function") : "silu")
                .build();
    }

    private static final Names NAMES = new Names(
            "transformer.wte",
            null,
            null,
            "transformer.h",
            new Attention("attn.attention", "q_proj", "k_proj", "v_proj", "out_proj", "q_norm", "k_norm"),
            new FeedForward("mlp", "c_fc_0", "c_fc_1", "c_proj"),
            "transformer.ln_f",
            "lm_head",
            "transformer.",
            List.of(".*rotary.*\\.inv_freq"));
}
