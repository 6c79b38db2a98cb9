package dev.finetune4j.core.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.model.attention.Attention;
import dev.finetune4j.core.model.attention.AttentionKernels;
import dev.finetune4j.core.model.attention.HeadNorms;
import dev.finetune4j.core.model.attention.RotaryEmbedding;
import dev.finetune4j.core.model.config.AttentionConfig.Span;
import dev.finetune4j.core.model.config.ModelConfig.HeadConfig;
import dev.finetune4j.core.model.config.RopeConfig;
import dev.finetune4j.core.model.layers.Activation;
import dev.finetune4j.core.model.layers.GatedFeedForward;
import dev.finetune4j.core.model.layers.Norm;
import dev.finetune4j.core.model.linear.Linear;
import dev.finetune4j.core.model.projection.ProjectionGroup;
import dev.finetune4j.core.runtime.ComputePolicy;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Draws;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.testing.NoTensorLeak;
import dev.finetune4j.core.testing.PairCheck;
import dev.finetune4j.core.testing.Parts;
import dev.finetune4j.core.testing.PlainOps;
import dev.finetune4j.core.testing.Randoms;
import dev.finetune4j.core.testing.Tolerance;
import dev.finetune4j.core.weights.Parameter;
import java.util.List;
import java.util.Objects;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Input, block and head as pairs. */
@NoTensorLeak
class SegmentPairTest {
    private static final int HIDDEN = 24;
    private static final int HEAD = 6;

    private static Block block(Parts parts, String kernel, ComputePolicy policy) {
        ProjectionGroup inputs = new ProjectionGroup(
                parts.linear("q", 4 * HEAD, HIDDEN, true),
                parts.linear("k", 2 * HEAD, HIDDEN, true),
                parts.linear("v", 2 * HEAD, HIDDEN, true));
        Linear output = parts.linear("o", HIDDEN, 4 * HEAD, false);
        HeadNorms norms = new HeadNorms(parts.norm("q_norm", HEAD), parts.norm("k_norm", HEAD), Span.HEAD, false);
        Norm first = parts.norm("input", HIDDEN);
        Attention attention =
                new Attention(inputs, output, norms, AttentionKernels.named(kernel), Attention.Shape.plain(HEAD, 5));
        Block.Norms blockNorms = new Block.Norms(first, null, parts.norm("middle", HIDDEN), null);
        GatedFeedForward feedForward = new GatedFeedForward(
                new ProjectionGroup(parts.linear("gate", 40, HIDDEN, false), parts.linear("up", 40, HIDDEN, false)),
                parts.linear("down", HIDDEN, 40, false),
                Activation.SILU,
                parts.workspace());
        Block.Layers layers = new Block.Layers(blockNorms, attention, feedForward, 1);
        return new SequentialBlock("block", layers, policy, parts.workspace());
    }

    private static Flow flow(Tensor hidden, AttentionLayout layout) {
        RotaryEmbedding.Angles angles = new RotaryEmbedding(RopeConfig.plain(HEAD, 100)).angles(layout, Device.CPU);
        return new Flow(hidden, new TokenPositions(layout, List.of(angles)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"fused", "chunked"})
    void blockEqualsAutograd(String kernel) {
        AttentionLayout layout = PlainOps.layout(7, 19);
        try (Scope scope = Scope.open("test");
                Parts parts = new Parts(1)) {
            Block block = block(parts, kernel, ComputePolicy.FP32);
            PairCheck.Pair pair = new PairCheck.Pair() {
                @Override
                public Tensor forward(Tensor x, Tape tape) {
                    return block.forward(flow(x, layout), tape);
                }

                @Override
                public Tensor backward(Tensor dy, @Nullable Tensor x, Tape tape) {
                    return block.backward(dy, flow(dy, layout), tape);
                }

                @Override
                public boolean needsInput() {
                    return false;
                }
            };
            new PairCheck(parts, pair, inputs -> plainBlock(inputs, layout))
                    .run(parts.random().normal(layout.tokens(), HIDDEN));
        }
    }

    /** Inputs: x, then q k v with biases, o, both head norms, both block norms, gate, up, down. */
    private static Tensor plainBlock(List<Tensor> p, AttentionLayout layout) {
        Tensor x = p.get(0);
        RotaryEmbedding.Angles angles = flow(x, layout).positions().angles().get(0);
        Tensor n = PlainOps.rmsNorm(x, p.get(10), Parts.EPSILON);
        Tensor q = heads(PlainOps.linear(n, p.get(1)).add(p.get(2)));
        Tensor k = heads(PlainOps.linear(n, p.get(3)).add(p.get(4)));
        Tensor v = heads(PlainOps.linear(n, p.get(5)).add(p.get(6)));
        List<Tensor> qkv = List.of(
                PlainOps.rotate(PlainOps.rmsNorm(q, p.get(8), Parts.EPSILON), angles),
                PlainOps.rotate(PlainOps.rmsNorm(k, p.get(9), Parts.EPSILON), angles),
                v);
        Tensor h = x.add(PlainOps.linear(PlainOps.attention(qkv, layout, 5).reshape(x.size(0), -1), p.get(7)));
        Tensor m = PlainOps.rmsNorm(h, p.get(11), Parts.EPSILON);
        Tensor gate = PlainOps.linear(m, p.get(12));
        return h.add(PlainOps.linear(gate.mul(gate.sigmoid()).mul(PlainOps.linear(m, p.get(13))), p.get(14)));
    }

    private static Tensor heads(Tensor flat) {
        return flat.view(flat.size(0), -1, HEAD);
    }

    @ParameterizedTest
    @ValueSource(strings = {"fused", "chunked"})
    void replayFillsAThinTapeWithWhatAFullOneHolds(String kernel) {
        for (DType product : List.of(DType.FLOAT32, DType.BFLOAT16)) {
            try (Scope scope = Scope.open("test");
                    Parts parts = new Parts(2);
                    Tape forward = Tape.saving(Draws.NONE, null);
                    Tape replay = Tape.thin(Draws.NONE, null);
                    NoGradGuard noGrad = new NoGradGuard()) {
                Block block = block(parts, kernel, new ComputePolicy(DType.FLOAT32, product, "test"));
                AttentionLayout layout = PlainOps.layout(7, 19);
                Flow flow = flow(parts.random().normal(26, HIDDEN), layout);
                block.forward(flow, forward);
                block.forward(flow, replay);
                assertTrue(replay.bytes() < forward.bytes() / 2, replay.bytes() + " of " + forward.bytes());
                block.replay(flow, replay);
                assertEquals(forward.bytes(), replay.bytes());
                Tensor dy = parts.random().normal(26, HIDDEN);
                Tolerance.assertSame("gradient", block.backward(dy, flow, forward), block.backward(dy, flow, replay));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "BFLOAT16"})
    void blockInMixedPrecisionStaysNearFp32(DType hidden) {
        AttentionLayout layout = PlainOps.layout(7, 19);
        try (Scope scope = Scope.open("test");
                Parts parts = new Parts(3);
                Tape tape = Tape.saving(Draws.NONE, null);
                NoGradGuard noGrad = new NoGradGuard()) {
            Block block = block(parts, "chunked", new ComputePolicy(hidden, DType.BFLOAT16, "test"));
            parts.train(true);
            Tensor x = parts.random().normal(26, HIDDEN);
            Tensor y = block.forward(flow(Torch.to(x, hidden), layout), tape);
            assertEquals(hidden, DType.of(y));
            List<Tensor> inputs = new java.util.ArrayList<>(List.of(x));
            inputs.addAll(parts.values());
            try (GraphLayer graph = new GraphLayer(inputs, p -> plainBlock(p, layout))) {
                Tolerance.assertClose("output", graph.output().detach(), y, Tolerance.BF16);
                Tensor dy = parts.random().normal(26, HIDDEN);
                List<Tensor> expected = graph.backward(dy);
                Tensor dx = block.backward(Torch.to(dy, hidden), flow(x, layout), tape);
                assertEquals(hidden, DType.of(dx));
                Tolerance.assertClose("input gradient", expected.get(0), dx, Tolerance.BF16);
                int number = 1;
                for (Parameter parameter : parts.store().all()) {
                    Tolerance.assertClose(
                            parameter.name(),
                            expected.get(number++),
                            Objects.requireNonNull(parameter.gradient()),
                            2 * Tolerance.BF16);
                }
            }
        }
    }

    @Test
    void embeddingSumsTheGradientsOfEachIdInOrder() {
        try (Scope scope = Scope.open("test");
                Parts parts = new Parts(4)) {
            Embedding embedding =
                    new Embedding("embed", parts.matrix("embed", 11, 5), Embedding.Extras.NONE, ComputePolicy.FP32);
            parts.train(true);
            Tensor ids = Torch.ints(new int[] {3, 0, 3, 10, 3}, Device.CPU);
            try (GraphLayer graph = new GraphLayer(
                    List.of(embedding.weight().value()), w -> w.get(0).index_select(0, ids))) {
                Tolerance.assertSame("rows", graph.output().detach(), embedding.forward(ids, ids));
                Tensor dy = parts.random().normal(5, 5);
                embedding.backward(dy, ids, ids);
                embedding.backward(dy, ids, ids);
                Tensor gradient = Objects.requireNonNull(embedding.weight().gradient());
                Tensor twice = graph.backward(dy).get(0).mul(Torch.scalar(2));
                Tolerance.assertClose("gradient", twice, gradient, Tolerance.PAIR);
            }
        }
    }

    @Test
    void headEqualsAutograd() {
        try (Scope scope = Scope.open("test");
                Parts parts = new Parts(5)) {
            Head head = new Head(
                    parts.norm("norm", HIDDEN),
                    parts.linear("lm_head", 50, HIDDEN, false),
                    new HeadConfig(false, false, 1, 0, false),
                    ComputePolicy.FP32);
            PairCheck.Pair pair = new PairCheck.Pair() {
                private @Nullable Tensor input;

                @Override
                public Tensor forward(Tensor x, Tape tape) {
                    input = x;
                    return head.logits(head.normalise(x));
                }

                @Override
                public Tensor backward(Tensor dy, @Nullable Tensor x, Tape tape) {
                    Tensor hidden = Objects.requireNonNull(input);
                    return head.normaliseBackward(head.logitsBackward(dy, null, head.normalise(hidden)), hidden);
                }

                @Override
                public boolean needsInput() {
                    return false;
                }
            };
            new PairCheck(
                            parts,
                            pair,
                            p -> PlainOps.linear(PlainOps.rmsNorm(p.get(0), p.get(1), Parts.EPSILON), p.get(2)))
                    .run(new Randoms(6).normal(13, HIDDEN));
        }
    }
}
