package dev.finetune4j.core.model.attention;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.error.UnsupportedException;
import dev.finetune4j.core.model.AttentionLayout;
import dev.finetune4j.core.model.GraphLayer;
import dev.finetune4j.core.model.config.AttentionConfig;
import dev.finetune4j.core.model.config.AttentionConfig.Layout;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.testing.NoTensorLeak;
import dev.finetune4j.core.testing.PlainOps;
import dev.finetune4j.core.testing.Randoms;
import dev.finetune4j.core.testing.Tolerance;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Both kernels equal a plain softmax over a mask, forward and backward, for several documents, windows and dtypes. */
@NoTensorLeak
class AttentionKernelTest {
    private static final int DIM = 8;

    static Stream<Arguments> cases() {
        List<Arguments> all = new ArrayList<>();
        for (String kernel : List.of("fused", "chunked")) {
            for (int[] lengths :
                    List.of(new int[] {1}, new int[] {7, 190, 31}, new int[] {257, 1, 3}, new int[] {300})) {
                for (int window : new int[] {0, 1, 5, 64, 256, 1000}) {
                    all.add(Arguments.of(kernel, lengths, window, 4, 2));
                }
            }
            all.add(Arguments.of(kernel, new int[] {20, 9}, 0, 3, 3));
            all.add(Arguments.of(kernel, new int[] {20, 9}, 6, 3, 3));
            all.add(Arguments.of(kernel, new int[] {20, 9}, 0, 4, 1));
        }
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void kernelEqualsPlainSoftmax(String kernel, int[] lengths, int window, int heads, int keyValueHeads) {
        compare(kernel, lengths, window, new int[] {heads, keyValueHeads}, DType.FLOAT32, Tolerance.PAIR);
    }

    static Stream<Arguments> fewCases() {
        return Stream.of("fused", "chunked")
                .flatMap(kernel ->
                        Stream.of(0, 1, 64).map(window -> Arguments.of(kernel, new int[] {7, 290, 31}, window, 4, 2)));
    }

    @ParameterizedTest
    @MethodSource("fewCases")
    void kernelEqualsPlainSoftmaxInBf16(String kernel, int[] lengths, int window, int heads, int keyValueHeads) {
        compare(kernel, lengths, window, new int[] {heads, keyValueHeads}, DType.BFLOAT16, Tolerance.BF16);
    }

    @ParameterizedTest
    @MethodSource("fewCases")
    void kernelEqualsPlainSoftmaxInFp64(String kernel, int[] lengths, int window, int heads, int keyValueHeads) {
        compare(kernel, lengths, window, new int[] {heads, keyValueHeads}, DType.FLOAT64, 1e-12);
    }

    private static void compare(String name, int[] lengths, int window, int[] heads, DType dtype, double tolerance) {
        AttentionLayout layout = PlainOps.layout(lengths);
        AttentionKernel kernel = AttentionKernels.named(name);
        AttentionRule rule = AttentionRule.plain(1 / Math.sqrt(DIM), window);
        DType exact = dtype == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32;
        try (Scope scope = Scope.open("test")) {
            Randoms random = new Randoms(1);
            Tensor q = Torch.to(random.normal(layout.tokens(), heads[0], DIM), dtype);
            Tensor k = Torch.to(random.normal(layout.tokens(), heads[1], DIM), dtype);
            Tensor v = Torch.to(random.normal(layout.tokens(), heads[1], DIM), dtype);
            Tensor gradient = Torch.to(random.normal(layout.tokens(), heads[0], DIM), dtype);
            List<Tensor> inputs = List.of(Torch.to(q, exact), Torch.to(k, exact), Torch.to(v, exact));
            try (GraphLayer oracle = new GraphLayer(inputs, qkv -> PlainOps.attention(qkv, layout, window));
                    NoGradGuard noGrad = new NoGradGuard()) {
                AttentionKernel.Result result = kernel.forward(q, k, v, layout, rule);
                assertEquals(dtype, DType.of(result.output()));
                Tolerance.assertClose("output", oracle.output().detach(), result.output(), tolerance);
                Tolerance.assertClose("statistics", statistics(inputs, layout, window), result.statistics(), tolerance);
                List<Tensor> expected = oracle.backward(Torch.to(gradient, exact));
                AttentionKernel.Inputs given = new AttentionKernel.Inputs(q, k, v);
                AttentionKernel.Inputs actual = given.emptyLike();
                kernel.backward(gradient, given, result, layout, rule, actual);
                if (window == 1) {
                    // A query that sees one key gives it all its weight: the gradients of q and k are rounding.
                    assertSmall("dq", actual.q(), expected.get(2), tolerance);
                    assertSmall("dk", actual.k(), expected.get(2), tolerance);
                } else {
                    Tolerance.assertClose("dq", expected.get(0), actual.q(), tolerance);
                    Tolerance.assertClose("dk", expected.get(1), actual.k(), tolerance);
                }
                Tolerance.assertClose("dv", expected.get(2), actual.v(), tolerance);
            }
        }
    }

    private static void assertSmall(String what, Tensor actual, Tensor beside, double tolerance) {
        double share = Torch.to(actual, DType.FLOAT64).norm().item_double()
                / Torch.to(beside, DType.FLOAT64).norm().item_double();
        assertTrue(share <= tolerance, what + ": " + share + " of the gradient beside it");
    }

    private static Tensor statistics(List<Tensor> qkv, AttentionLayout layout, int window) {
        return torch.logsumexp(PlainOps.scores(qkv.get(0), qkv.get(1), layout, window), -1);
    }

    @Test
    void kernelsAreKnownByName() {
        assertEquals("fused", AttentionKernels.named("fused").name());
        assertEquals("chunked", AttentionKernels.named("chunked").name());
        String message = assertThrows(UnsupportedException.class, () -> AttentionKernels.named("flash"))
                .getMessage();
        assertTrue(message.contains("chunked, fused"), message);
    }

    @Test
    void selfTestPicksOneOfThem() {
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
                null,
                null,
                List.of(AttentionConfig.View.ALL));
        for (DType dtype : List.of(DType.FLOAT32, DType.BFLOAT16)) {
            String name = AttentionKernels.fastest(config, dtype, Device.CPU).name();
            assertTrue(List.of("fused", "chunked").contains(name), name);
        }
    }
}
