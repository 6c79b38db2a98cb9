package dev.finetune4j.training.walk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.batch.Labels;
import dev.finetune4j.core.batch.TokenBatch;
import dev.finetune4j.core.batch.TokenRow;
import dev.finetune4j.core.error.DeviceMemoryException;
import dev.finetune4j.core.model.Decoder;
import dev.finetune4j.core.model.attention.AttentionKernel;
import dev.finetune4j.core.model.attention.AttentionKernels;
import dev.finetune4j.core.model.linear.Linear;
import dev.finetune4j.core.runtime.ComputePolicy;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.testing.GoldenDecoder;
import dev.finetune4j.core.testing.NoTensorLeak;
import dev.finetune4j.core.testing.WatchedKernel;
import dev.finetune4j.core.weights.Parameter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ways through the walk that must give the same: bit for bit, or up to the order of sums. */
@NoTensorLeak
class WalkAgreementTest {
    private static final ActivationPolicy KEEP = ActivationPolicy.KEEP;
    private static final ActivationPolicy RECOMPUTE = ActivationPolicy.RECOMPUTE;
    private static final ActivationPolicy OFFLOAD = ActivationPolicy.OFFLOAD;

    /**
     * What a pass leaves.
     *
     * @param gradients by name of the parameter
     */
    private record Outcome(double loss, Map<String, float[]> gradients) {}

    /** How a test walks. */
    private record Way(List<ActivationPolicy> policies, int chunk, double smoothing, boolean adapted) {
        static final Way PLAIN = new Way(List.of(KEEP, KEEP), 16, 0, false);
    }

    private static Outcome run(String golden, AttentionKernel kernel, Way way, List<TokenBatch> batches) {
        try (Scope scope = Scope.open("test");
                Decoder decoder = GoldenDecoder.named(golden).load(ComputePolicy.FP32, kernel)) {
            List<Parameter> trained = new ArrayList<>(decoder.parameters().all());
            if (way.adapted) {
                for (Linear linear : decoder.linears()) {
                    DroppedScale adapter = new DroppedScale(linear, 0.3);
                    linear.adapter(adapter);
                    trained.addAll(adapter.parameters());
                }
            }
            trained.forEach(p -> p.trainable(true));
            Walk walk = new Walk(decoder, new Walk.Options(way.policies, way.chunk, way.smoothing, 11));
            double loss = 0;
            int row = 0;
            for (TokenBatch batch : batches) {
                loss += walk.forwardBackward(batch, new BatchWalk.Position(3, row), 0.25);
                row += batch.rows().size();
            }
            Outcome outcome = new Outcome(loss, gradients(trained));
            trained.stream().filter(p -> p.name().endsWith(".scale")).forEach(Parameter::close);
            return outcome;
        }
    }

    private static Map<String, float[]> gradients(List<Parameter> trained) {
        Map<String, float[]> gradients = new LinkedHashMap<>();
        for (Parameter parameter : trained) {
            Tensor gradient = java.util.Objects.requireNonNull(parameter.gradient(), parameter.name());
            gradients.put(parameter.name(), Torch.toFloats(gradient));
        }
        return gradients;
    }

    private static void assertIdentical(Outcome expected, Outcome actual) {
        assertEquals(expected.loss, actual.loss);
        expected.gradients.forEach((name, values) -> assertArrayEquals(values, actual.gradients.get(name), name));
    }

    private static void assertNear(Outcome expected, Outcome actual, double tolerance) {
        assertEquals(expected.loss, actual.loss, tolerance * Math.abs(expected.loss));
        expected.gradients.forEach((name, values) -> {
            float[] others = java.util.Objects.requireNonNull(actual.gradients.get(name), name);
            double difference = 0;
            double norm = 0;
            for (int i = 0; i < values.length; i++) {
                difference += Math.pow(values[i] - others[i], 2);
                norm += Math.pow(values[i], 2);
            }
            assertTrue(
                    Math.sqrt(difference) <= tolerance * Math.sqrt(norm), name + ": " + Math.sqrt(difference / norm));
        });
    }

    private static TokenBatch rows(String golden) {
        return GoldenDecoder.named(golden).batch();
    }

    private static List<TokenBatch> oneByOne(TokenBatch batch) {
        return batch.rows().stream().map(row -> new TokenBatch(List.of(row))).toList();
    }

    @ParameterizedTest
    @CsvSource({"llama, fused", "llama, chunked", "mistral_window, fused", "qwen3, chunked"})
    void everyActivationPolicyGivesTheSameBits(String golden, String kernel) {
        List<TokenBatch> batches = List.of(rows(golden));
        AttentionKernel attention = AttentionKernels.named(kernel);
        for (boolean adapted : new boolean[] {false, true}) {
            Outcome kept = run(golden, attention, new Way(List.of(KEEP, KEEP), 16, 0.1, adapted), batches);
            for (List<ActivationPolicy> policies : List.of(
                    List.of(RECOMPUTE, RECOMPUTE),
                    List.of(KEEP, RECOMPUTE),
                    List.of(RECOMPUTE, KEEP),
                    List.of(OFFLOAD, OFFLOAD),
                    List.of(KEEP, OFFLOAD),
                    List.of(OFFLOAD, KEEP),
                    List.of(OFFLOAD, RECOMPUTE))) {
                assertIdentical(kept, run(golden, attention, new Way(policies, 16, 0.1, adapted), batches));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"llama, fused", "llama, chunked", "qwen2, fused", "llama_rope_dynamic, fused"})
    void raggedBatchEqualsItsRowsOneByOne(String golden, String kernel) {
        TokenBatch whole = rows(golden);
        AttentionKernel attention = AttentionKernels.named(kernel);
        for (boolean adapted : new boolean[] {false, true}) {
            Way way = new Way(List.of(KEEP, RECOMPUTE), 16, 0.1, adapted);
            // Rounding in the forward pass differs with the number of rows of a product, so gradients agree less
            // sharply
            // than sums of the same numbers would.
            assertNear(run(golden, attention, way, List.of(whole)), run(golden, attention, way, oneByOne(whole)), 1e-5);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 1000})
    void chunkedHeadEqualsTheWholeOne(int chunk) {
        List<TokenBatch> batches = List.of(rows("llama"));
        AttentionKernel attention = AttentionKernels.named("fused");
        Outcome expected = run("llama", attention, new Way(List.of(KEEP, KEEP), 16, 0.1, false), batches);
        assertNear(expected, run("llama", attention, new Way(List.of(KEEP, KEEP), chunk, 0.1, false), batches), 2e-6);
    }

    @ParameterizedTest
    @ValueSource(strings = {"fused", "chunked"})
    void packedDocumentsEqualRowsOfTheirOwn(String kernel) {
        TokenBatch apart = rows("llama");
        AttentionKernel attention = AttentionKernels.named(kernel);
        assertIdentical(
                run("llama", attention, Way.PLAIN, List.of(apart)),
                run("llama", attention, Way.PLAIN, List.of(new TokenBatch(List.of(packed(apart.rows()))))));
    }

    /** One row of several documents, each with its own positions. */
    private static TokenRow packed(List<TokenRow> rows) {
        int length = rows.stream().mapToInt(TokenRow::length).sum();
        int[] ids = new int[length];
        int[] labels = new int[length];
        int[] positions = new int[length];
        int at = 0;
        for (TokenRow row : rows) {
            System.arraycopy(row.ids(), 0, ids, at, row.length());
            System.arraycopy(row.labels(), 0, labels, at, row.length());
            System.arraycopy(row.positions(), 0, positions, at, row.length());
            at += row.length();
        }
        int[] documents = rows.stream().mapToInt(TokenRow::length).toArray();
        return new TokenRow(ids, labels, documents, positions, 0);
    }

    @Test
    void documentOfAPackedRowDoesNotSeeAnother() {
        List<TokenRow> rows = rows("llama").rows();
        int[] other = rows.get(0).ids().clone();
        other[0] = (other[0] + 1) % 96;
        TokenRow changed = TokenRow.of(other, rows.get(0).labels(), 0);
        try (Scope scope = Scope.open("test");
                Decoder decoder =
                        GoldenDecoder.named("llama").load(ComputePolicy.FP32, AttentionKernels.named("fused"))) {
            Walk walk = new Walk(decoder, new Walk.Options(List.of(KEEP, KEEP), 16, 0, 0));
            List<BatchWalk.RowScore> before = walk.score(new TokenBatch(rows));
            List<BatchWalk.RowScore> after = walk.score(new TokenBatch(List.of(changed, rows.get(1), rows.get(2))));
            assertTrue(before.get(0).lossSum() != after.get(0).lossSum());
            assertEquals(before.get(1), after.get(1));
            assertEquals(before.get(2), after.get(2));
        }
    }

    @Test
    void scoresAddUpToTheLossOfTheWalk() {
        TokenBatch batch = rows("qwen2");
        try (Scope scope = Scope.open("test");
                Decoder decoder =
                        GoldenDecoder.named("qwen2").load(ComputePolicy.FP32, AttentionKernels.named("fused"))) {
            Walk plain = new Walk(decoder, new Walk.Options(List.of(KEEP, KEEP), 5, 0, 0));
            Walk smooth = new Walk(decoder, new Walk.Options(List.of(KEEP, KEEP), 5, 0.2, 0));
            List<BatchWalk.RowScore> scores = smooth.score(batch);
            double loss =
                    scores.stream().mapToDouble(BatchWalk.RowScore::lossSum).sum();
            double smoothed = scores.stream()
                    .mapToDouble(BatchWalk.RowScore::smoothedLossSum)
                    .sum();
            BatchWalk.Position start = new BatchWalk.Position(0, 0);
            assertEquals(plain.forwardBackward(batch, start, 1), loss, 1e-5 * loss);
            assertEquals(smooth.forwardBackward(batch, start, 1), smoothed, 1e-5 * smoothed);
            assertEquals(
                    batch.labelled(),
                    scores.stream().mapToInt(BatchWalk.RowScore::labelled).sum());
        }
    }

    @Test
    void batchWithoutLabelsCostsNothingAndScoresNothing() {
        TokenRow silent = TokenRow.of(new int[] {1, 2, 3}, new int[] {5, Labels.IGNORED, Labels.IGNORED}, 0);
        TokenBatch batch = new TokenBatch(List.of(silent));
        try (Scope scope = Scope.open("test");
                Decoder decoder =
                        GoldenDecoder.named("llama").load(ComputePolicy.FP32, AttentionKernels.named("fused"))) {
            decoder.parameters().all().forEach(p -> p.trainable(true));
            Walk walk = new Walk(decoder, new Walk.Options(List.of(KEEP, KEEP), 16, 0, 0));
            // Given, so it is counted as the Hugging Face trainer counts; first of its document, so nothing predicts
            // it.
            assertEquals(1, walk.count(batch));
            assertEquals(0, walk.forwardBackward(batch, new BatchWalk.Position(0, 0), 1));
            assertTrue(decoder.parameters().all().stream().allMatch(p -> p.gradient() == null));
            assertEquals(List.of(new BatchWalk.RowScore(0, 0, 0, 0)), walk.score(batch));
        }
    }

    @ParameterizedTest
    @CsvSource({"KEEP, 0", "KEEP, 1", "RECOMPUTE, 0", "RECOMPUTE, 1", "OFFLOAD, 0", "OFFLOAD, 1", "OFFLOAD, 2"})
    void failureInTheMiddleLeavesNothingBehind(ActivationPolicy policy, int call) {
        for (WatchedKernel kernel : List.of(
                new WatchedKernel(AttentionKernels.named("fused")).failingForward(call),
                new WatchedKernel(AttentionKernels.named("fused")).failingBackward(call % 2))) {
            try (Scope scope = Scope.open("test");
                    Decoder decoder = GoldenDecoder.named("llama").load(ComputePolicy.FP32, kernel)) {
                decoder.parameters().all().forEach(p -> p.trainable(true));
                Walk walk = new Walk(decoder, new Walk.Options(List.of(policy, policy), 16, 0, 0));
                long before = Scope.liveObjects();
                assertThrows(
                        DeviceMemoryException.class,
                        () -> walk.forwardBackward(rows("llama"), new BatchWalk.Position(0, 0), 1));
                decoder.parameters().all().forEach(Parameter::dropGradient);
                // Buffers that the next walk uses again.
                decoder.workspace().close();
                Objects.requireNonNull(decoder.tapeMemory()).close();
                assertEquals(before, Scope.liveObjects(), "live objects after a failed " + policy + " pass");
            }
        }
    }
}
