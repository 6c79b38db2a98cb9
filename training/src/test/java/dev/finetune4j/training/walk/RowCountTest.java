package dev.finetune4j.training.walk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.batch.Labels;
import dev.finetune4j.core.batch.TokenBatch;
import dev.finetune4j.core.batch.TokenRow;
import dev.finetune4j.core.model.Decoder;
import dev.finetune4j.core.model.attention.AttentionKernels;
import dev.finetune4j.core.model.linear.CountingWeight;
import dev.finetune4j.core.runtime.ComputePolicy;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.testing.GoldenDecoder;
import dev.finetune4j.core.testing.NoTensorLeak;
import dev.finetune4j.core.testing.WatchedKernel;
import dev.finetune4j.core.weights.Parameter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a step multiplies: the tokens there are in the blocks, the labels there are at the head, and no padding anywhere. No
 * tensor of a step asks autograd for anything.
 */
@NoTensorLeak
class RowCountTest {
    private static final int VOCABULARY = 96;

    /** Rows of these lengths; every third token of a row is learned. */
    static TokenBatch batch(int... lengths) {
        List<TokenRow> rows = new ArrayList<>();
        for (int length : lengths) {
            int[] ids = new int[length];
            int[] labels = new int[length];
            for (int t = 0; t < length; t++) {
                ids[t] = (17 * t + length) % VOCABULARY;
                labels[t] = t % 3 == 1 ? ids[t] : Labels.IGNORED;
            }
            rows.add(TokenRow.of(ids, labels, rows.size()));
        }
        return new TokenBatch(rows);
    }

    private static Walk walk(Decoder decoder, ActivationPolicy policy) {
        return new Walk(
                decoder, new Walk.Options(Collections.nCopies(decoder.blocks().size(), policy), 16, 0, 0));
    }

    @ParameterizedTest
    @EnumSource
    void blocksMultiplyTheTokensAndTheHeadTheLabels(ActivationPolicy policy) {
        TokenBatch batch = batch(7, 190, 31);
        WatchedKernel kernel = new WatchedKernel(AttentionKernels.named("fused"));
        try (Scope scope = Scope.open("test");
                Decoder decoder = GoldenDecoder.named("llama").load(ComputePolicy.FP32, kernel)) {
            decoder.parameters().all().forEach(p -> p.trainable(true));
            Map<String, CountingWeight> counters = CountingWeight.install(decoder);
            walk(decoder, policy).forwardBackward(batch, new BatchWalk.Position(0, 0), 1);
            counters.forEach((name, counter) -> {
                boolean head = name.equals("lm_head");
                // A block that is replayed leaves out the products whose results are kept or not read.
                boolean once = head || name.endsWith("o_proj") || name.endsWith("down_proj");
                boolean twice =
                        policy == ActivationPolicy.OFFLOAD ? !head : policy == ActivationPolicy.RECOMPUTE && !once;
                int times = twice ? 2 : 1;
                long rows = head ? batch.labelled() : 7 + 190 + 31;
                assertEquals(times * rows, counter.forwardRows(), name + " forward");
                assertEquals(rows, counter.backwardRows(), name + " backward");
            });
            assertEquals(2 + 64 - 1 + 10, batch.labelled());
            assertEquals(2, kernel.backwards());
        }
    }

    static List<Integer> lowestTrained() {
        return List.of(0, 1, 2);
    }

    @ParameterizedTest
    @MethodSource("lowestTrained")
    void nothingIsMultipliedBelowTheLowestSegmentThatTrains(int lowest) {
        TokenBatch batch = batch(7, 19);
        try (Scope scope = Scope.open("test");
                Decoder decoder =
                        GoldenDecoder.named("llama").load(ComputePolicy.FP32, AttentionKernels.named("fused"))) {
            String prefix = lowest == 2 ? "lm_head." : "model.layers." + lowest + ".mlp.down_proj.";
            decoder.parameters().all().stream()
                    .filter(p -> p.name().startsWith(prefix))
                    .forEach(p -> p.trainable(true));
            assertEquals(1, decoder.parameters().trainable().size());
            Map<String, CountingWeight> counters = CountingWeight.install(decoder);
            walk(decoder, ActivationPolicy.KEEP).forwardBackward(batch, new BatchWalk.Position(0, 0), 1);
            counters.forEach((name, counter) -> {
                boolean below = lowest == 2 ? !name.equals("lm_head") : lowest == 1 && name.contains("layers.0.");
                assertEquals(name.equals("lm_head") ? batch.labelled() : 26, counter.forwardRows(), name + " forward");
                assertTrue(!below || counter.backwardRows() == 0, name + " backward: " + counter.backwardRows());
            });
            for (Parameter parameter : decoder.parameters().all()) {
                assertEquals(parameter.trainable(), parameter.gradient() != null, parameter.name());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void noParameterOrGradientAsksAutogradForAnything(ActivationPolicy policy) {
        WatchedKernel kernel = new WatchedKernel(AttentionKernels.named("chunked"));
        try (Scope scope = Scope.open("test");
                Decoder decoder = GoldenDecoder.named("qwen3").load(ComputePolicy.FP32, kernel)) {
            decoder.parameters().all().forEach(p -> p.trainable(true));
            CountingWeight.install(decoder);
            walk(decoder, policy).forwardBackward(batch(7, 19), new BatchWalk.Position(0, 0), 1);
            for (Parameter parameter : decoder.parameters().all()) {
                assertFalse(parameter.value().requires_grad(), parameter.name());
                assertFalse(
                        java.util.Objects.requireNonNull(parameter.gradient()).requires_grad(), parameter.name());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void evaluationRunsEachTokenOnce(ActivationPolicy policy) {
        TokenBatch batch = batch(7, 190, 31);
        try (Scope scope = Scope.open("test");
                Decoder decoder =
                        GoldenDecoder.named("llama").load(ComputePolicy.FP32, AttentionKernels.named("fused"))) {
            Map<String, CountingWeight> counters = CountingWeight.install(decoder);
            walk(decoder, policy).score(batch);
            counters.forEach((name, counter) -> {
                assertEquals(name.equals("lm_head") ? batch.labelled() : 228, counter.forwardRows(), name);
                assertEquals(0, counter.backwardRows(), name);
            });
        }
    }
}
