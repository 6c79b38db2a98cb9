package dev.finetune4j.core.model.family.latent;

import dev.finetune4j.core.model.config.Architecture;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ExpertConfig.Router;
import dev.finetune4j.core.model.config.ExpertConfig.Score;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.family.ModelDraft;
import dev.finetune4j.core.model.family.experts.Experts;

/** DeepSeek V2 (DeepSeek-AI 2024): latent attention, groups of experts. */
public final class DeepseekV2 implements Architecture {
    @Override
    public String name() {
        return "deepseek_v2";
    }

    @Override
    public ModelConfig read(ConfigFile file) {
        String method = file.has("topk_method") ? file.text("topk_method") : "greedy";
        boolean grouped = method.equals("group_limited_greedy");
        if (!grouped && !method.equals("greedy")) {
            throw file.problem("topk_method", "is \"" + method + "\"; known: greedy, group_limited_greedy.");
        }
        Router router = new Router(
                Score.SOFTMAX,
                false,
                file.number("routed_scaling_factor", 1),
                grouped ? file.size("n_group", 1) : 1,
                grouped ? file.size("topk_group", 1) : 1,
                false,
                0);
        ModelDraft draft = Latent.of(name(), file);
        return draft.experts(Experts.deepseek(draft, router)).build();
    }
}
