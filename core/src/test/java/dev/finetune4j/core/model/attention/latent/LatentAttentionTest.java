package dev.finetune4j.core.model.attention.latent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.model.AttentionLayout;
import dev.finetune4j.core.model.GraphLayer;
import dev.finetune4j.core.model.Tape;
import dev.finetune4j.core.model.TokenPositions;
import dev.finetune4j.core.model.attention.AttentionKernels;
import dev.finetune4j.core.model.attention.AttentionRule;
import dev.finetune4j.core.model.attention.RotaryEmbedding;
import dev.finetune4j.core.model.attention.RotaryEmbedding.Angles;
import dev.finetune4j.core.model.config.LatentConfig;
import dev.finetune4j.core.model.config.RopeConfig;
import dev.finetune4j.core.model.linear.Linear;
import dev.finetune4j.core.model.linear.LinearAdapter;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Draws;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.testing.NoTensorLeak;
import dev.finetune4j.core.testing.PairCheck;
import dev.finetune4j.core.testing.Parts;
import dev.finetune4j.core.testing.PlainAttention;
import dev.finetune4j.core.testing.PlainOps;
import dev.finetune4j.core.testing.Tolerance;
import dev.finetune4j.core.weights.Parameter;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Latent attention equals its equations under autograd, with and without narrow queries. */
@NoTensorLeak
class LatentAttentionTest {
    private static final int HIDDEN = 24;
    private static final int HEADS = 4;
    private static final AttentionLayout LAYOUT = PlainOps.layout(7, 1, 19);
    private static final AttentionRule RULE = AttentionRule.plain(0.4, 0);

    private static LatentConfig widths(int queryRank, boolean bias) {
        return new LatentConfig(queryRank, 10, 6, 4, 5, Parts.EPSILON, bias);
    }

    private static LatentAttention layer(
            Parts parts, String kernel, LatentConfig widths, AttentionRule rule, int rope) {
        LatentAttention.Narrow query = widths.queryRank() == 0
                ? null
                : new LatentAttention.Narrow(
                        parts.linear("q_a", widths.queryRank(), HIDDEN, widths.bias()),
                        parts.norm("q_a_norm", widths.queryRank()));
        int from = query == null ? HIDDEN : widths.queryRank();
        int rank = widths.keyValueRank();
        LatentAttention.Maps maps = new LatentAttention.Maps(
                parts.linear("q", (long) HEADS * widths.queryDim(), from, false),
                parts.linear("kv_a", rank + widths.rotatedDim(), HIDDEN, widths.bias()),
                parts.norm("kv_a_norm", rank),
                parts.linear("kv_b", (long) HEADS * (widths.plainDim() + widths.valueDim()), rank, false),
                parts.linear("o", HIDDEN, (long) HEADS * widths.valueDim(), widths.bias()));
        LatentAttention.Shape shape = new LatentAttention.Shape(widths, rule, rope);
        return new LatentAttention(maps, query, AttentionKernels.named(kernel), shape);
    }

    private static TokenPositions positions() {
        RopeConfig rope = RopeConfig.plain(4, 100).asInterleaved();
        return new TokenPositions(LAYOUT, List.of(new RotaryEmbedding(rope).angles(LAYOUT, Device.CPU)));
    }

    /** Its equations; the rotation as transformers does it, which sorts the elements of pairs into halves first. */
    private static Tensor plain(List<Tensor> all, LatentConfig widths, AttentionRule rule, @Nullable Angles angles) {
        Iterator<Tensor> next = all.iterator();
        Tensor x = next.next();
        Tensor query = x;
        if (widths.queryRank() > 0) {
            query = PlainOps.rmsNorm(linear(x, next, widths.bias()), next.next(), Parts.EPSILON);
        }
        Tensor q = linear(query, next, false).view(x.size(0), HEADS, widths.queryDim());
        Tensor narrow = linear(x, next, widths.bias());
        Tensor c = PlainOps.rmsNorm(narrow.narrow(1, 0, widths.keyValueRank()), next.next(), Parts.EPSILON);
        Tensor kv = linear(c, next, false).view(x.size(0), HEADS, -1);
        Tensor shared = narrow.narrow(1, widths.keyValueRank(), widths.rotatedDim())
                .unsqueeze(1)
                .expand(x.size(0), HEADS, widths.rotatedDim());
        Tensor k = torch.cat(new TensorVector(kv.narrow(2, 0, widths.plainDim()), rotated(shared, angles)), 2);
        Tensor turned = rotated(q.narrow(2, widths.plainDim(), widths.rotatedDim()), angles);
        q = torch.cat(new TensorVector(q.narrow(2, 0, widths.plainDim()), turned), 2);
        Tensor v = kv.narrow(2, widths.plainDim(), widths.valueDim());
        Tensor attended = PlainAttention.output(List.of(q, k, v), LAYOUT, rule);
        return linear(attended.reshape(x.size(0), -1), next, widths.bias());
    }

    private static Tensor linear(Tensor x, Iterator<Tensor> parameters, boolean bias) {
        Tensor y = PlainOps.linear(x, parameters.next());
        return bias ? y.add(parameters.next()) : y;
    }

    private static Tensor rotated(Tensor heads, @Nullable Angles angles) {
        if (angles == null) {
            return heads;
        }
        Tensor halves = heads.reshape(heads.size(0), heads.size(1), -1, 2)
                .transpose(2, 3)
                .reshape(heads.size(0), heads.size(1), -1);
        return PlainOps.rotate(halves, angles);
    }

    private record Layer(LatentAttention layer, TokenPositions positions) implements PairCheck.Pair {
        @Override
        public Tensor forward(Tensor x, Tape tape) {
            return layer.forward(x, positions, tape);
        }

        @Override
        public Tensor backward(Tensor dy, @Nullable Tensor x, Tape tape) {
            return layer.backward(dy, x, positions, tape);
        }

        @Override
        public boolean needsInput() {
            return layer.needsInput();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "fused, 0, false, 0, 0",
        "fused, 8, false, 0, 0",
        "fused, 8, true, 0, 5",
        "chunked, 0, true, 0, 0",
        "chunked, 8, false, 0, 5",
        "chunked, 8, true, -1, 0"
    })
    void latentAttentionEqualsAutograd(String kernel, int queryRank, boolean bias, int rope, int window) {
        LatentConfig widths = widths(queryRank, bias);
        AttentionRule rule = AttentionRule.plain(0.4, window);
        try (Scope scope = Scope.open("test");
                Parts parts = new Parts(1)) {
            TokenPositions positions = positions();
            Angles angles = rope < 0 ? null : positions.angles().get(rope);
            LatentAttention layer = layer(parts, kernel, widths, rule, rope);
            new PairCheck(parts, new Layer(layer, positions), all -> plain(all, widths, rule, angles))
                    .run(parts.random().normal(LAYOUT.tokens(), HIDDEN));
        }
    }

    @ParameterizedTest
    @CsvSource({"fused, 0, FLOAT32", "chunked, 8, FLOAT32", "chunked, 0, BFLOAT16", "fused, 8, BFLOAT16"})
    void replayFillsAThinTapeWithWhatAFullOneHolds(String kernel, int queryRank, DType dtype) {
        try (Scope scope = Scope.open("test");
                Parts parts = new Parts(2);
                Tape full = Tape.saving(Draws.NONE, null);
                Tape thin = Tape.thin(Draws.NONE, null);
                NoGradGuard noGrad = new NoGradGuard()) {
            LatentAttention layer = layer(parts, kernel, widths(queryRank, true), RULE, 0);
            parts.train(true);
            TokenPositions positions = positions();
            Tensor x = Torch.to(parts.random().normal(LAYOUT.tokens(), HIDDEN), dtype);
            Tensor dy = Torch.to(parts.random().normal(LAYOUT.tokens(), HIDDEN), dtype);
            Tolerance.assertSame("output", layer.forward(x, positions, full), layer.forward(x, positions, thin));
            assertTrue(thin.bytes() < full.bytes() / 2, thin.bytes() + " of " + full.bytes());
            thin.replay();
            layer.replay(x, positions, thin);
            assertEquals(full.bytes(), thin.bytes());
            Tolerance.assertSame(
                    "gradient", layer.backward(dy, x, positions, full), layer.backward(dy, x, positions, thin));
        }
    }

    @ParameterizedTest
    @CsvSource({"fused, 0", "chunked, 8"})
    void latentAttentionInBf16StaysNearFp32(String kernel, int queryRank) {
        LatentConfig widths = widths(queryRank, true);
        try (Scope scope = Scope.open("test");
                Parts parts = new Parts(3, DType.BFLOAT16);
                Tape tape = Tape.saving(Draws.NONE, null);
                NoGradGuard noGrad = new NoGradGuard()) {
            LatentAttention layer = layer(parts, kernel, widths, RULE, 0);
            parts.train(true);
            TokenPositions positions = positions();
            Tensor x = Torch.to(parts.random().normal(LAYOUT.tokens(), HIDDEN), DType.BFLOAT16);
            Tensor dy = Torch.to(parts.random().normal(LAYOUT.tokens(), HIDDEN), DType.BFLOAT16);
            List<Tensor> inputs = new ArrayList<>(List.of(Torch.to(x, DType.FLOAT32)));
            inputs.addAll(parts.values());
            Angles angles = positions.angles().get(0);
            try (GraphLayer graph = new GraphLayer(inputs, all -> plain(all, widths, RULE, angles))) {
                Tensor y = layer.forward(x, positions, tape);
                assertEquals(DType.BFLOAT16, DType.of(y));
                Tolerance.assertClose("output", graph.output().detach(), y, Tolerance.BF16);
                List<Tensor> expected = graph.backward(Torch.to(dy, DType.FLOAT32));
                Tensor dx = layer.backward(dy, x, positions, tape);
                Tolerance.assertClose("input gradient", expected.get(0), dx, 2 * Tolerance.BF16);
                int number = 1;
                for (Parameter parameter : parts.store().all()) {
                    Tensor gradient = Objects.requireNonNull(parameter.gradient(), parameter.name());
                    Tolerance.assertClose(parameter.name(), expected.get(number++), gradient, 2 * Tolerance.BF16);
                }
            }
        }
    }

    /** What any adapter needs of the layer: the input of its map, forward and backward. */
    private record Added(Parameter matrix) implements LinearAdapter {
        @Override
        public Tensor forward(Tensor x, Linear linear, Tape tape) {
            return linear.plain(x, Torch.product(x, matrix.value(), null));
        }

        @Override
        public Tensor backward(Tensor dy, @Nullable Tensor x, Linear linear, Tape tape) {
            matrix.accumulate(Torch.product(dy.t(), Objects.requireNonNull(x).t(), null));
            return linear.plainBackward(dy, x, Torch.product(dy, matrix.value().t(), null));
        }

        @Override
        public boolean needsInput() {
            return true;
        }

        @Override
        public void merge(Linear linear) {
            linear.weight().plus(matrix.value());
        }

        @Override
        public List<Parameter> parameters() {
            return List.of(matrix);
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 4", "8, 5"})
    void adaptersOnAllMapsLearnWhatTheMapsWould(int queryRank, int maps) {
        LatentConfig widths = widths(queryRank, false);
        try (Scope scope = Scope.open("test");
                Parts parts = new Parts(4);
                Tape tape = Tape.saving(Draws.NONE, null);
                Tape adapted = Tape.saving(Draws.NONE, null);
                NoGradGuard noGrad = new NoGradGuard()) {
            LatentAttention layer = layer(parts, "chunked", widths, RULE, 0);
            assertEquals(maps, layer.projections().size());
            TokenPositions positions = positions();
            Tensor x = parts.random().normal(LAYOUT.tokens(), HIDDEN);
            Tensor dy = parts.random().normal(LAYOUT.tokens(), HIDDEN);
            parts.train(true);
            layer.forward(x, positions, tape);
            Tensor expected = layer.backward(dy, x, positions, tape);
            parts.train(false);
            List<Parameter> added = new ArrayList<>();
            for (Linear linear : layer.projections()) {
                Parameter matrix = Objects.requireNonNull(linear.weight().parameter());
                added.add(parts.store()
                        .add(new Parameter(
                                linear.name() + ".added", matrix.value().mul(Torch.scalar(0)))));
                linear.adapter(new Added(added.get(added.size() - 1)));
            }
            assertTrue(layer.needsInput());
            layer.forward(x, positions, adapted);
            Tolerance.assertClose("dx", expected, layer.backward(dy, x, positions, adapted), Tolerance.SUMMATION);
            for (int i = 0; i < maps; i++) {
                Parameter own = Objects.requireNonNull(
                        layer.projections().get(i).weight().parameter());
                Tolerance.assertClose(
                        own.name(),
                        Objects.requireNonNull(own.gradient()),
                        Objects.requireNonNull(added.get(i).gradient()),
                        Tolerance.SUMMATION);
            }
        }
    }

    @Test
    void parametersOutsideTheMapsAreTheNorms() {
        try (Scope scope = Scope.open("test");
                Parts parts = new Parts(5)) {
            LatentAttention layer = layer(parts, "chunked", widths(8, false), RULE, 0);
            assertEquals(
                    List.of("q_a_norm.weight", "kv_a_norm.weight"),
                    layer.parameters().stream().map(Parameter::name).toList());
        }
    }
}
