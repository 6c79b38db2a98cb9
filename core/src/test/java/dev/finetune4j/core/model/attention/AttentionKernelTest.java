package dev.finetune4j.core.model.attention;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.error.UnsupportedException;
import dev.finetune4j.core.model.AttentionLayout;
import dev.finetune4j.core.model.GraphLayer;
import dev.finetune4j.core.model.config.AttentionConfig;
import dev.finetune4j.core.model.config.AttentionConfig.Layout;
import dev.finetune4j.core.model.config.LatentConfig;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.testing.NoTensorLeak;
import dev.finetune4j.core.testing.PlainAttention;
import dev.finetune4j.core.testing.PlainOps;
import dev.finetune4j.core.testing.Randoms;
import dev.finetune4j.core.testing.Tolerance;
import dev.finetune4j.core.weights.Parameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Both kernels equal plain softmaxes over a mask, forward and backward, for several documents and under every rule. Documents
 * have one token, fewer than a window, and more than the queries that are computed at once.
 */
@NoTensorLeak
class AttentionKernelTest {
    private static final List<String> KERNELS = List.of("fused", "chunked");
    private static final int[] LENGTHS = {7, 290, 1, 31};

    /** Heads of queries, of keys; width of a query, of a value. */
    private record Heads(int queries, int keys, int width, int valueWidth) {
        static final Heads GROUPED = new Heads(4, 2, 8, 8);
    }

    private record Variation(int window, int chunk, double softCap, boolean sinks, boolean slopes) {
        static Variation window(int window) {
            return new Variation(window, 0, 0, false, false);
        }

        /** Slopes are powers of two, as ALiBi's are for as many heads, and the same in every dtype. */
        AttentionRule rule(int heads, @Nullable Parameter sinkValues) {
            double[] values = new double[heads];
            Arrays.setAll(values, i -> Math.pow(2, -i - 1));
            return new AttentionRule(0.4, window, chunk, softCap, sinkValues, slopes ? values : null);
        }

        /** A query that sees one key gives it all its weight: the gradients of q and k are rounding. */
        boolean seesOneKey() {
            return (window == 1 || chunk == 1) && !sinks;
        }
    }

    private record Case(String kernel, int[] lengths, Heads heads, Variation variation) {
        @Override
        public String toString() {
            return kernel + " " + Arrays.toString(lengths) + " " + heads + " " + variation;
        }
    }

    static Stream<Case> cases() {
        List<Case> all = new ArrayList<>();
        for (String kernel : KERNELS) {
            for (int[] lengths :
                    List.of(new int[] {1}, new int[] {7, 190, 31}, new int[] {257, 1, 3}, new int[] {300})) {
                for (int window : new int[] {0, 1, 5, 64, 256, 1000}) {
                    all.add(new Case(kernel, lengths, Heads.GROUPED, Variation.window(window)));
                }
            }
            for (Heads heads : List.of(
                    new Heads(3, 3, 8, 8),
                    new Heads(4, 1, 8, 8),
                    new Heads(4, 2, 8, 5),
                    new Heads(6, 2, 8, 12),
                    new Heads(4, 4, 12, 8))) {
                all.add(new Case(kernel, new int[] {20, 9}, heads, Variation.window(0)));
                all.add(new Case(kernel, new int[] {20, 9}, heads, Variation.window(6)));
            }
            variations().forEach(variation -> all.add(new Case(kernel, LENGTHS, Heads.GROUPED, variation)));
        }
        return all.stream();
    }

    /** Every rule by itself and all of them together. */
    private static Stream<Variation> variations() {
        return Stream.of(
                new Variation(0, 1, 0, false, false),
                new Variation(0, 8, 0, false, false),
                new Variation(0, 145, 0, false, false),
                new Variation(0, 257, 0, false, false),
                new Variation(0, 1000, 0, false, false),
                new Variation(5, 16, 0, false, false),
                new Variation(0, 0, 1.5, false, false),
                new Variation(5, 0, 1.5, false, false),
                new Variation(0, 0, 0, true, false),
                new Variation(1, 0, 0, true, false),
                new Variation(20, 0, 0, true, false),
                new Variation(0, 16, 0, true, false),
                new Variation(0, 0, 0, false, true),
                new Variation(9, 0, 0, false, true),
                new Variation(9, 16, 1.5, true, true));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void kernelEqualsPlainSoftmax(Case given) {
        compare(given, DType.FLOAT32, Tolerance.PAIR);
    }

    static Stream<Case> fewCases() {
        List<Case> all = new ArrayList<>();
        for (String kernel : KERNELS) {
            for (int window : new int[] {0, 1, 64}) {
                all.add(new Case(kernel, LENGTHS, Heads.GROUPED, Variation.window(window)));
            }
            all.add(new Case(kernel, LENGTHS, new Heads(4, 4, 12, 8), Variation.window(0)));
            variations().forEach(variation -> all.add(new Case(kernel, LENGTHS, Heads.GROUPED, variation)));
        }
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("fewCases")
    void kernelEqualsPlainSoftmaxInBf16(Case given) {
        compare(given, DType.BFLOAT16, Tolerance.BF16);
    }

    @ParameterizedTest
    @MethodSource("fewCases")
    void kernelEqualsPlainSoftmaxInFp64(Case given) {
        compare(given, DType.FLOAT64, 1e-12);
    }

    private static void compare(Case given, DType dtype, double tolerance) {
        AttentionLayout layout = PlainOps.layout(given.lengths);
        AttentionKernel kernel = AttentionKernels.named(given.kernel);
        DType exact = dtype == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32;
        Heads heads = given.heads;
        try (Scope scope = Scope.open("test");
                Parameter sinks = sinks(heads.queries, dtype)) {
            sinks.trainable(true);
            AttentionRule rule = given.variation.rule(heads.queries, given.variation.sinks ? sinks : null);
            Randoms random = new Randoms(1);
            Tensor q = Torch.to(random.normal(layout.tokens(), heads.queries, heads.width), dtype);
            Tensor k = Torch.to(random.normal(layout.tokens(), heads.keys, heads.width), dtype);
            Tensor v = Torch.to(random.normal(layout.tokens(), heads.keys, heads.valueWidth), dtype);
            Tensor gradient = Torch.to(random.normal(layout.tokens(), heads.queries, heads.valueWidth), dtype);
            List<Tensor> inputs = new ArrayList<>(List.of(Torch.to(q, exact), Torch.to(k, exact), Torch.to(v, exact)));
            if (given.variation.sinks) {
                inputs.add(Torch.to(sinks.value(), exact));
            }
            try (GraphLayer oracle = new GraphLayer(inputs, all -> PlainAttention.output(all, layout, rule));
                    NoGradGuard noGrad = new NoGradGuard()) {
                AttentionKernel.Result result = kernel.forward(q, k, v, layout, rule);
                assertEquals(dtype, DType.of(result.output()));
                Tolerance.assertClose("output", oracle.output().detach(), result.output(), tolerance);
                Tensor statistics = PlainAttention.statistics(inputs, layout, rule);
                Tolerance.assertClose("statistics", statistics, result.statistics(), tolerance);
                List<Tensor> expected = oracle.backward(Torch.to(gradient, exact));
                AttentionKernel.Inputs forward = new AttentionKernel.Inputs(q, k, v);
                AttentionKernel.Inputs actual = forward.emptyLike();
                kernel.backward(gradient, forward, result, layout, rule, actual);
                assertGradients(expected, actual, given.variation.seesOneKey(), tolerance);
                if (given.variation.sinks) {
                    Tensor sinkGradient = Objects.requireNonNull(sinks.gradient());
                    Tolerance.assertClose("sinks", expected.get(3), sinkGradient, tolerance);
                }
            }
        }
    }

    private static Parameter sinks(int heads, DType dtype) {
        try (Scope scope = Scope.open("sinks")) {
            return new Parameter("sinks", Torch.copy(new Randoms(2).normal(heads), dtype));
        }
    }

    private static void assertGradients(
            List<Tensor> expected, AttentionKernel.Inputs actual, boolean onlyValues, double tolerance) {
        if (onlyValues) {
            assertSmall("dq", actual.q(), expected.get(2), tolerance);
            assertSmall("dk", actual.k(), expected.get(2), tolerance);
        } else {
            Tolerance.assertClose("dq", expected.get(0), actual.q(), tolerance);
            Tolerance.assertClose("dk", expected.get(1), actual.k(), tolerance);
        }
        Tolerance.assertClose("dv", expected.get(2), actual.v(), tolerance);
    }

    private static void assertSmall(String what, Tensor actual, Tensor beside, double tolerance) {
        double share = Torch.to(actual, DType.FLOAT64).norm().item_double()
                / Torch.to(beside, DType.FLOAT64).norm().item_double();
        assertTrue(share <= tolerance, what + ": " + share + " of the gradient beside it");
    }

    @ParameterizedTest
    @ValueSource(strings = {"fused", "chunked"})
    void frozenSinksGetNoGradientAndTrainedOnesTheSumOfAllSteps(String name) {
        AttentionKernel kernel = AttentionKernels.named(name);
        AttentionLayout layout = PlainOps.layout(9, 5);
        try (Scope scope = Scope.open("test");
                Parameter sinks = sinks(2, DType.FLOAT32);
                NoGradGuard noGrad = new NoGradGuard()) {
            AttentionRule rule = new AttentionRule(1, 0, 0, 0, sinks, null);
            Tensor q = new Randoms(3).normal(14, 2, 4);
            AttentionKernel.Result result = kernel.forward(q, q, q, layout, rule);
            AttentionKernel.Inputs inputs = new AttentionKernel.Inputs(q, q, q);
            kernel.backward(q, inputs, result, layout, rule, inputs.emptyLike());
            assertNull(sinks.gradient());
            sinks.trainable(true);
            kernel.backward(q, inputs, result, layout, rule, inputs.emptyLike());
            Tensor once = Objects.requireNonNull(sinks.gradient()).clone();
            kernel.backward(q, inputs, result, layout, rule, inputs.emptyLike());
            Tensor twice = Objects.requireNonNull(sinks.gradient());
            Tolerance.assertClose("sum", once.mul(Torch.scalar(2)), twice, Tolerance.SUMMATION);
        }
    }

    @Test
    void slopesTimesDistanceWeighLikeSlopesTimesPosition() {
        try (Scope scope = Scope.open("test")) {
            double[] slopes = {0.5, 0.125};
            AttentionRule sloping = new AttentionRule(0.3, 0, 0, 0, null, slopes);
            Randoms random = new Randoms(4);
            List<Tensor> qkv = List.of(random.normal(30, 2, 4), random.normal(30, 2, 4), random.normal(30, 2, 4));
            Tensor actual = new ChunkedAttention()
                    .forward(qkv.get(0), qkv.get(1), qkv.get(2), PlainOps.layout(30), sloping)
                    .output();
            // One more column makes the product of q and k the position times the slope larger.
            float[] positions = new float[60];
            float[] ofHeads = new float[60];
            for (int i = 0; i < 60; i++) {
                positions[i] = i / 2;
                ofHeads[i] = (float) (slopes[i % 2] / 0.3);
            }
            Tensor q = columns(qkv.get(0), ofHeads);
            Tensor k = columns(qkv.get(1), positions);
            Tensor expected =
                    PlainAttention.output(List.of(q, k, qkv.get(2)), PlainOps.layout(30), AttentionRule.plain(0.3, 0));
            Tolerance.assertClose("output", expected, actual, Tolerance.PAIR);
        }
    }

    private static Tensor columns(Tensor heads, float[] more) {
        Tensor column = Torch.floats(more, Torch.device(heads)).view(heads.size(0), heads.size(1), 1);
        return org.bytedeco.pytorch.global.torch.cat(new org.bytedeco.pytorch.TensorVector(heads, column), 2);
    }

    @Test
    void kernelsAreKnownByName() {
        assertEquals("fused", AttentionKernels.named("fused").name());
        assertEquals("chunked", AttentionKernels.named("chunked").name());
        String message = assertThrows(UnsupportedException.class, () -> AttentionKernels.named("flash"))
                .getMessage();
        assertTrue(message.contains("chunked, fused"), message);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void selfTestPicksOneOfThem(boolean latent) {
        AttentionConfig config = new AttentionConfig(
                4,
                2,
                16,
                Layout.SEPARATE,
                false,
                false,
                null,
                0.25,
                0,
                0,
                false,
                false,
                latent ? new LatentConfig(0, 16, 12, 4, 8, 1e-6, false) : null,
                null,
                List.of(AttentionConfig.View.ALL));
        for (DType dtype : List.of(DType.FLOAT32, DType.BFLOAT16)) {
            String name = AttentionKernels.fastest(config, dtype, Device.CPU).name();
            assertTrue(List.of("fused", "chunked").contains(name), name);
        }
    }
}
