package dev.finetune4j.finetune;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.finetune4j.core.batch.Labels;
import dev.finetune4j.core.batch.TokenBatch;
import dev.finetune4j.core.batch.TokenRow;
import dev.finetune4j.core.model.Decoder;
import dev.finetune4j.core.model.attention.AttentionKernels;
import dev.finetune4j.core.model.linear.CountingWeight;
import dev.finetune4j.core.model.linear.Linear;
import dev.finetune4j.core.plugin.Plugins;
import dev.finetune4j.core.runtime.ComputePolicy;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.testing.GoldenDecoder;
import dev.finetune4j.core.testing.NoTensorLeak;
import dev.finetune4j.core.tuning.ModuleSelector;
import dev.finetune4j.core.tuning.TuningMethod;
import dev.finetune4j.core.tuning.TuningRequest;
import dev.finetune4j.finetune.CountingAdapter.Rows;
import dev.finetune4j.training.walk.ActivationPolicy;
import dev.finetune4j.training.walk.BatchWalk;
import dev.finetune4j.training.walk.Walk;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a step multiplies where q, k and v are one product and gate and up another: the tokens there are in the blocks, the
 * labels there are at the head, whether maps are frozen, trained, or adapted with LoRA, which joins unless it drops.
 */
@NoTensorLeak
class JoinedRowsTest {
    private static final int[] LENGTHS = {7, 190, 31};
    private static final int TOKENS = 7 + 190 + 31;

    /** What trains. */
    private enum Tuned {
        FULL,
        LORA,
        /** q and v alone, so that one of the joined maps has no update. */
        LORA_ON_SOME,
        LORA_WITH_DROPOUT;

        void install(Decoder decoder) {
            if (this == FULL) {
                decoder.parameters().all().forEach(p -> p.trainable(true));
                return;
            }
            List<String> targets = this == LORA_ON_SOME ? List.of("q_proj", "v_proj") : List.of(ModuleSelector.ALL);
            TuningRequest.Lora lora = new TuningRequest.Lora(4, 8, this == LORA_WITH_DROPOUT ? 0.1 : 0, targets, false);
            Plugins.named(TuningMethod.class, "lora")
                    .install(decoder, TuningRequest.of("tiny", 1).with(lora));
        }
    }

    static Stream<Arguments> cases() {
        List<Arguments> cases = new ArrayList<>();
        for (String model : List.of("llama", "qwen2")) {
            for (Tuned tuned : Tuned.values()) {
                for (ActivationPolicy policy : ActivationPolicy.values()) {
                    cases.add(Arguments.of(model, tuned, policy));
                }
            }
        }
        return cases.stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void jointProductsTakeTheTokensAndTheHeadTheLabels(String model, Tuned tuned, ActivationPolicy policy) {
        TokenBatch batch = batch();
        try (Scope scope = Scope.open("test");
                Decoder decoder =
                        GoldenDecoder.named(model).load(ComputePolicy.FP32, AttentionKernels.named("fused"))) {
            tuned.install(decoder);
            Map<String, Rows> counts = CountingAdapter.install(decoder);
            Linear head = decoder.head().map();
            CountingWeight labels = CountingWeight.around(head.weight());
            head.weight(labels);
            Walk walk = new Walk(
                    decoder,
                    new Walk.Options(Collections.nCopies(decoder.blocks().size(), policy), 16, 0, 3));
            walk.forwardBackward(batch, new BatchWalk.Position(0, 0), 1);
            assertEquals(expected(decoder, tuned, policy), counts);
            assertEquals(2 + 63 + 10, batch.labelled());
            assertEquals(batch.labelled(), labels.forwardRows());
            assertEquals(batch.labelled(), labels.backwardRows());
        }
    }

    /**
     * Each product once forward and once backward over all tokens; a replay repeats those of q, k, v, gate and up, and a block
     * that left its input only repeats all.
     */
    private static Map<String, Rows> expected(Decoder decoder, Tuned tuned, ActivationPolicy policy) {
        Rows once = new Rows(TOKENS, TOKENS);
        Rows twice = new Rows(2 * TOKENS, TOKENS);
        Rows replayed = policy == ActivationPolicy.KEEP ? once : twice;
        Rows least = policy == ActivationPolicy.OFFLOAD ? twice : once;
        Map<String, Rows> expected = new TreeMap<>();
        for (int block = 0; block < decoder.blocks().size(); block++) {
            String layer = "model.layers." + block + ".";
            for (String name : names(tuned)) {
                boolean kept = name.endsWith("o_proj") || name.endsWith("down_proj");
                expected.put(layer + name, kept ? least : replayed);
            }
        }
        return expected;
    }

    private static List<String> names(Tuned tuned) {
        return tuned == Tuned.LORA_WITH_DROPOUT
                ? List.of(
                        "self_attn.q_proj",
                        "self_attn.k_proj",
                        "self_attn.v_proj",
                        "self_attn.o_proj",
                        "mlp.gate_proj",
                        "mlp.up_proj",
                        "mlp.down_proj")
                : List.of(
                        "self_attn.q_proj+k_proj+v_proj", "self_attn.o_proj", "mlp.gate_proj+up_proj", "mlp.down_proj");
    }

    /** Every third token of a row is learned. */
    private static TokenBatch batch() {
        List<TokenRow> rows = new ArrayList<>();
        for (int length : LENGTHS) {
            int[] ids = new int[length];
            int[] labels = new int[length];
            for (int t = 0; t < length; t++) {
                ids[t] = (17 * t + length) % 90;
                labels[t] = t % 3 == 1 ? ids[t] : Labels.IGNORED;
            }
            rows.add(TokenRow.of(ids, labels, rows.size()));
        }
        return new TokenBatch(rows);
    }
}
