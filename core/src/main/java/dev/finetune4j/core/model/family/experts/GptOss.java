package dev.finetune4j.core.model.family.experts;

import dev.finetune4j.core.model.config.Architecture;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ExpertConfig.Form;
import dev.finetune4j.core.model.config.ExpertConfig.Names;
import dev.finetune4j.core.model.config.ExpertConfig.Router;
import dev.finetune4j.core.model.config.ExpertConfig.Score;
import dev.finetune4j.core.model.config.ExpertConfig.Storage;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.config.NormConfig.Kind;
import dev.finetune4j.core.model.family.ModelDraft;

/** gpt-oss (OpenAI 2025): sinks, alternating windows, clamped experts with biases. */
public final class GptOss implements Architecture {
    @Override
    public String name() {
        return "gpt_oss";
    }

    @Override
    public ModelConfig read(ConfigFile file) {
        boolean bias = file.flag("attention_bias", true);
        int window = file.window("sliding_window", 128);
        ModelDraft draft = ModelDraft.of(name(), file)
                .headDimOr(64)
                .norm(Kind.RMS_WIDE)
                .attentionBias(bias, bias)
                .sinks();
        draft.windows(i -> draft.slides(i, i % 2 == 0) ? window : 0);
        Router router = new Router(Score.SOFTMAX_OF_CHOSEN, false, 1, 1, 1, false, 0);
        return draft.experts(Experts.of(draft, router, draft.sizes().intermediate(), NAMES)
                        .with(Form.CLAMPED, Storage.STACKED_TRANSPOSED, true))
                .build();
    }

    private static final Names NAMES = new Names(
            "mlp",
            "router",
            "router.correction",
            "experts",
            "gate_up_proj",
            "gate_up_proj",
            "down_proj",
            "shared",
            "shared_gate");
}
