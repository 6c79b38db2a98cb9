package dev.finetune4j.finetune.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.core.config.ArgumentsBinder;
import dev.finetune4j.core.config.Settings;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ExpertConfig;
import dev.finetune4j.core.model.config.ExpertConfig.Score;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.testing.GoldenDecoder;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** When a run's loss contains the balance of the experts. */
class RouterLossTest {
    private static final Path LLAMA = GoldenDecoder.named("llama").folder();

    /** Llama with experts that are chosen by a score; null for none. */
    private static ModelConfig model(@Nullable Score score, boolean asksForLogits) {
        ModelConfig plain = ConfigFile.open(LLAMA).read();
        ObjectNode raw = plain.raw().deepCopy();
        raw.put("output_router_logits", asksForLogits);
        ExpertConfig experts = score == null
                ? null
                : new ExpertConfig(
                        4,
                        2,
                        16,
                        new ExpertConfig.Router(score, true, 1, 1, 1, false, 0),
                        ExpertConfig.Form.GATED,
                        ExpertConfig.Storage.SEPARATE,
                        false,
                        null,
                        new boolean[] {true, true},
                        0.02,
                        ExpertConfig.Names.USUAL);
        return new ModelConfig(
                "mixtral",
                plain.sizes(),
                plain.names(),
                plain.input(),
                plain.block(),
                plain.attention(),
                plain.ropes(),
                plain.feedForward(),
                experts,
                plain.head(),
                plain.stored(),
                raw);
    }

    private static RouterLoss loss(ModelConfig model, String yaml) {
        return RouterLoss.of(
                model,
                ArgumentsBinder.bind(
                        new Settings().yaml("model_name_or_path: m\ndataset: d\neval_dataset: e\n" + yaml, "t.yaml")));
    }

    @Test
    void theSettingDecidesAndElseTheCheckpoint() {
        assertEquals(
                new RouterLoss(0.01, "the loss contains the balance of the experts, times 0.01"),
                loss(model(Score.SOFTMAX, false), "moe_aux_loss_coef: 0.01"));
        assertEquals(new RouterLoss(0, null), loss(model(Score.SOFTMAX, false), ""));
        assertEquals(
                new RouterLoss(0.02, "the loss contains the balance of the experts, times 0.02 as config.json says"),
                loss(model(Score.SOFTMAX_OF_CHOSEN, true), "moe_aux_loss_coef: 0"));
        assertEquals(
                new RouterLoss(0, null),
                loss(model(Score.SOFTMAX, true), "do_train: false\ndo_eval: true\nmoe_aux_loss_coef: 0.01"));
    }

    @Test
    void modelsWithoutALossOfThatKindSaySo() {
        assertEquals(
                "moe_aux_loss_coef has no effect: the model has no experts",
                loss(model(null, false), "moe_aux_loss_coef: 0.01").note());
        assertEquals(
                new RouterLoss(0, "moe_aux_loss_coef has no effect: mixtral balances its experts without"),
                loss(model(Score.SIGMOID, true), "moe_aux_loss_coef: 0.01"));
        assertEquals(new RouterLoss(0, null), loss(model(Score.SIGMOID, true), ""));
        assertEquals(new RouterLoss(0, null), loss(model(null, true), ""));
    }
}
