package dev.finetune4j.core.model.family.experts;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ExpertConfig;
import dev.finetune4j.core.model.config.ExpertConfig.Form;
import dev.finetune4j.core.model.config.ExpertConfig.Names;
import dev.finetune4j.core.model.config.ExpertConfig.Router;
import dev.finetune4j.core.model.config.ExpertConfig.Score;
import dev.finetune4j.core.model.config.ExpertConfig.Shared;
import dev.finetune4j.core.model.config.ExpertConfig.Storage;
import dev.finetune4j.core.model.family.ModelDraft;
import java.util.Arrays;

/** The keys of experts that many families share. */
public final class Experts {
    /** Tensors of blocks that predict further tokens, which lie behind the model's own under no name of theirs. */
    public static final String FURTHER_LAYERS =
            ".*\\.(eh_proj|enorm|hnorm|shared_head|embed_tokens)\\..*|.*\\.(eh_proj|enorm|hnorm)\\.weight";

    private static final int MOST = 10_000;

    private Experts() {}

    /** Experts with tensors of their own in every block. */
    static ExpertConfig of(ModelDraft draft, Router router, int width, Names names) {
        ConfigFile file = draft.file();
        int count = file.size("num_experts");
        int chosen = file.size("num_experts_per_tok");
        if (count > MOST) {
            throw file.problem(
                    "num_experts", "is " + count + "; more than " + MOST + " experts are taken for an error.");
        }
        if (chosen > count) {
            throw file.problem(
                    "num_experts_per_tok", "is " + chosen + ", more than the " + count + " experts there are.");
        }
        boolean[] everywhere = new boolean[draft.sizes().layers()];
        Arrays.fill(everywhere, true);
        return new ExpertConfig(
                count,
                chosen,
                width,
                router,
                Form.GATED,
                Storage.SEPARATE,
                false,
                null,
                everywhere,
                file.number("router_aux_loss_coef", 0),
                names);
    }

    /** Qwen's rule: every so many blocks, but not those listed as dense. */
    static ExpertConfig sparse(ExpertConfig experts, ModelDraft draft) {
        ConfigFile file = draft.file();
        int step = file.size("decoder_sparse_step", 1);
        JsonNode dense = file.node("mlp_only_layers");
        return experts.in(i -> {
            for (JsonNode layer : dense) {
                if (layer.asInt() == i) {
                    return false;
                }
            }
            return (i + 1) % step == 0;
        });
    }

    /** DeepSeek's way: dense blocks first, shared experts as one ungated layer. */
    public static ExpertConfig deepseek(ModelDraft draft, Router router) {
        ConfigFile file = draft.file();
        int width = file.size("moe_intermediate_size");
        int dense = (int) file.number("first_k_dense_replace", 0);
        int shared = (int) file.number("n_shared_experts", 0);
        ExpertConfig experts = of(draft, router, width, Names.USUAL).in(i -> i >= dense);
        return shared == 0 ? experts : experts.with(new Shared(width * shared, false));
    }

    /** DeepSeek V3's router. */
    public static Router sigmoid(ConfigFile file) {
        return new Router(
                Score.SIGMOID,
                file.flag("norm_topk_prob", true),
                file.number("routed_scaling_factor", 1),
                file.size("n_group", 1),
                file.size("topk_group", 1),
                true,
                0);
    }
}
