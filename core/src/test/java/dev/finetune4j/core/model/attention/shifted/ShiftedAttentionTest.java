package dev.finetune4j.core.model.attention.shifted;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.error.UnsupportedException;
import dev.finetune4j.core.model.AttentionLayout;
import dev.finetune4j.core.model.GraphLayer;
import dev.finetune4j.core.model.attention.AttentionKernel;
import dev.finetune4j.core.model.attention.AttentionKernels;
import dev.finetune4j.core.model.attention.AttentionRule;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.testing.NoTensorLeak;
import dev.finetune4j.core.testing.PlainAttention;
import dev.finetune4j.core.testing.PlainOps;
import dev.finetune4j.core.testing.Randoms;
import dev.finetune4j.core.testing.Tolerance;
import java.util.List;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Shifted attention equals attention on rolled heads, cut into groups, forward and backward. */
@NoTensorLeak
class ShiftedAttentionTest {
    private static final AttentionRule RULE = AttentionRule.plain(0.5, 0);

    /**
     * The second half of the heads rolled back by half a group, all cut into groups, and rolled forth; in the last group of
     * rolled heads the tokens from the document's start are kept apart.
     */
    private static Tensor rolled(List<Tensor> qkv, int length) {
        long heads = qkv.get(0).size(1);
        int group = length / 4;
        List<Tensor> repeated = qkv.stream()
                .map(x -> x.repeat_interleave(heads / x.size(1), new LongOptional(1), new LongOptional()))
                .toList();
        List<Tensor> still =
                repeated.stream().map(x -> x.narrow(1, 0, heads / 2)).toList();
        List<Tensor> moved = repeated.stream()
                .map(x -> x.narrow(1, heads / 2, heads - heads / 2).roll(new long[] {-group / 2}, new long[] {0}))
                .toList();
        AttentionLayout groups = PlainOps.layout(group, group, group, group);
        AttentionLayout apart = PlainOps.layout(group, group, group, group / 2, group / 2);
        Tensor back = PlainAttention.output(moved, apart, RULE).roll(new long[] {group / 2}, new long[] {0});
        return torch.cat(new TensorVector(PlainAttention.output(still, groups, RULE), back), 1);
    }

    @ParameterizedTest
    @CsvSource({
        "fused, 32, 4, 2",
        "chunked, 32, 4, 4",
        "chunked, 32, 4, 1",
        "fused, 1200, 2, 1",
        "chunked, 1200, 2, 2",
        "fused, 16, 6, 3",
        "chunked, 16, 5, 5",
        "chunked, 16, 9, 3"
    })
    void groupsWithMovedBordersEqualRolledHeads(String name, int length, int heads, int keyValueHeads) {
        try (Scope scope = Scope.open("test")) {
            Randoms random = new Randoms(1);
            List<Tensor> qkv = List.of(
                    random.normal(length, heads, 8),
                    random.normal(length, keyValueHeads, 8),
                    random.normal(length, keyValueHeads, 8));
            try (GraphLayer oracle = new GraphLayer(qkv, all -> rolled(all, length))) {
                compare(name, qkv, PlainOps.layout(length), oracle);
            }
        }
    }

    private static void compare(String name, List<Tensor> qkv, AttentionLayout layout, GraphLayer oracle) {
        ShiftedAttention kernel = new ShiftedAttention(AttentionKernels.named(name));
        kernel.on(true);
        try (NoGradGuard noGrad = new NoGradGuard()) {
            AttentionKernel.Result result = kernel.forward(qkv.get(0), qkv.get(1), qkv.get(2), layout, RULE);
            Tolerance.assertClose("output", oracle.output().detach(), result.output(), Tolerance.PAIR);
            Tensor gradient = new Randoms(2).normal(qkv.get(0).shape());
            List<Tensor> expected = oracle.backward(gradient);
            AttentionKernel.Inputs inputs = new AttentionKernel.Inputs(qkv.get(0), qkv.get(1), qkv.get(2));
            AttentionKernel.Inputs actual = inputs.emptyLike();
            kernel.backward(gradient, inputs, result, layout, RULE, actual);
            Tolerance.assertClose("dq", expected.get(0), actual.q(), Tolerance.PAIR);
            Tolerance.assertClose("dk", expected.get(1), actual.k(), Tolerance.PAIR);
            Tolerance.assertClose("dv", expected.get(2), actual.v(), Tolerance.PAIR);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"fused", "chunked"})
    void packedDocumentsAreCutEachByItself(String name) {
        AttentionLayout layout = PlainOps.layout(11, 1, 3, 32);
        AttentionLayout still = PlainOps.layout(2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 8, 8, 8, 8);
        AttentionLayout moved = PlainOps.layout(1, 2, 2, 2, 2, 2, 1, 1, 1, 1, 4, 8, 8, 8, 4);
        try (Scope scope = Scope.open("test")) {
            Randoms random = new Randoms(3);
            List<Tensor> qkv = List.of(random.normal(47, 4, 8), random.normal(47, 2, 8), random.normal(47, 2, 8));
            GraphLayer.Operation halves = all -> torch.cat(
                    new TensorVector(
                            PlainAttention.output(half(all, 0), still, RULE),
                            PlainAttention.output(half(all, 1), moved, RULE)),
                    1);
            try (GraphLayer oracle = new GraphLayer(qkv, halves)) {
                compare(name, qkv, layout, oracle);
            }
        }
    }

    private static List<Tensor> half(List<Tensor> qkv, int number) {
        return qkv.stream()
                .map(x -> x.narrow(1, number * x.size(1) / 2, x.size(1) / 2))
                .toList();
    }

    @Test
    void groupsCoverEveryTokenOnce() {
        for (int length = 1; length < 40; length++) {
            for (boolean shifted : new boolean[] {false, true}) {
                AttentionLayout groups = Groups.of(PlainOps.layout(5, length), shifted);
                int at = 0;
                for (int group = 0; group < groups.documents(); group++) {
                    assertEquals(at, groups.starts()[group]);
                    assertTrue(groups.lengths()[group] > 0);
                    at += groups.lengths()[group];
                }
                assertEquals(5 + length, at);
                assertEquals(5 + length, groups.tokens());
            }
        }
        assertArrayEquals(
                new int[] {2, 5, 5, 5, 4}, Groups.of(PlainOps.layout(21), true).lengths());
    }

    @Test
    void offItIsTheKernelThatItWraps() {
        try (Scope scope = Scope.open("test");
                NoGradGuard noGrad = new NoGradGuard()) {
            AttentionKernel plain = AttentionKernels.named("chunked");
            ShiftedAttention shifted = new ShiftedAttention(plain);
            assertEquals("chunked", shifted.name());
            Tensor x = new Randoms(4).normal(40, 2, 8);
            AttentionLayout layout = PlainOps.layout(40);
            Tensor expected = plain.forward(x, x, x, layout, RULE).output();
            Tolerance.assertSame(
                    "off", expected, shifted.forward(x, x, x, layout, RULE).output());
            shifted.on(true);
            Tensor grouped = shifted.forward(x, x, x, layout, RULE).output();
            assertTrue(Tolerance.relativeL2(grouped, expected) > 0.1);
        }
    }

    @Test
    void sinksAndChunksAreRefused() {
        try (Scope scope = Scope.open("test")) {
            ShiftedAttention shifted = new ShiftedAttention(AttentionKernels.named("chunked"));
            shifted.on(true);
            Tensor x = new Randoms(5).normal(8, 2, 4);
            AttentionRule chunks = new AttentionRule(1, 0, 4, 0, null, null);
            String message = assertThrows(
                            UnsupportedException.class, () -> shifted.forward(x, x, x, PlainOps.layout(8), chunks))
                    .getMessage();
            assertTrue(message.contains("shift_attn"), message);
        }
    }
}
