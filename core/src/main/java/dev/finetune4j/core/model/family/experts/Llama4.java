package dev.finetune4j.core.model.family.experts;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.core.model.config.Architecture;
import dev.finetune4j.core.model.config.AttentionConfig.QueryKeyNorm;
import dev.finetune4j.core.model.config.AttentionConfig.Span;
import dev.finetune4j.core.model.config.AttentionConfig.Temperature;
import dev.finetune4j.core.model.config.AttentionConfig.View;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ExpertConfig.Form;
import dev.finetune4j.core.model.config.ExpertConfig.Names;
import dev.finetune4j.core.model.config.ExpertConfig.Router;
import dev.finetune4j.core.model.config.ExpertConfig.Score;
import dev.finetune4j.core.model.config.ExpertConfig.Shared;
import dev.finetune4j.core.model.config.ExpertConfig.Storage;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.config.Names.FeedForward;
import dev.finetune4j.core.model.config.NormConfig;
import dev.finetune4j.core.model.config.NormConfig.Kind;
import dev.finetune4j.core.model.family.ModelDraft;
import dev.finetune4j.core.model.family.qwen.Unrotated;

/** Llama 4, text: chunks, blocks without rotation whose queries grow, one expert and a shared one. */
public final class Llama4 implements Architecture {
    @Override
    public String name() {
        return "llama4_text";
    }

    @Override
    public ModelConfig read(ConfigFile file) {
        boolean bias = file.flag("attention_bias", false);
        ModelDraft draft =
                ModelDraft.of(name(), file).headDimOr(128).interleaved().attentionBias(bias, bias);
        draft.names(draft.names().with(new FeedForward("feed_forward", "gate_proj", "up_proj", "down_proj")))
                .width(file.size("intermediate_size_mlp", 16384));
        int chunk = file.size("attention_chunk_size", 8192);
        draft.views(i -> Unrotated.rope(draft, i, 4) < 0 ? new View(0, 0, -1) : new View(0, chunk, 0));
        if (file.flag("use_qk_norm", true)) {
            draft.queryKeyNorm(new QueryKeyNorm(
                    Span.HEAD, true, new NormConfig(Kind.RMS_PLAIN, draft.norm().epsilon())));
        }
        if (file.flag("attn_temperature_tuning", true)) {
            draft.temperature(new Temperature(file.number("attn_scale", 0.1), file.number("floor_scale", 8192)));
        }
        Router router = new Router(Score.SIGMOID_ON_INPUT, false, 1, 1, 1, false, 0);
        return draft.experts(Experts.of(draft, router, draft.sizes().intermediate(), NAMES)
                        .with(Form.GATED, Storage.STACKED_TRANSPOSED, false)
                        .with(new Shared(draft.sizes().intermediate(), false))
                        .in(i -> hasExperts(draft, i)))
                .build();
    }

    private static final Names NAMES = new Names(
            "feed_forward",
            "router",
            "router.correction",
            "experts",
            "gate_up_proj",
            "gate_up_proj",
            "down_proj",
            "shared_expert",
            "shared_gate");

    private static boolean hasExperts(ModelDraft draft, int block) {
        JsonNode listed = draft.file().node("moe_layers");
        if (listed.isArray()) {
            for (JsonNode layer : listed) {
                if (layer.asInt() == block) {
                    return true;
                }
            }
            return false;
        }
        return (block + 1) % draft.file().size("interleave_moe_layer_step", 1) == 0;
    }
}
