package dev.finetune4j.core.model.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.finetune4j.core.model.AttentionLayout;
import dev.finetune4j.core.model.Tape;
import dev.finetune4j.core.model.TokenPositions;
import dev.finetune4j.core.model.attention.Attention;
import dev.finetune4j.core.model.attention.AttentionKernels;
import dev.finetune4j.core.model.attention.HeadNorms;
import dev.finetune4j.core.model.attention.RotaryEmbedding;
import dev.finetune4j.core.model.attention.RotaryEmbedding.Angles;
import dev.finetune4j.core.model.config.AttentionConfig.Span;
import dev.finetune4j.core.model.config.RopeConfig;
import dev.finetune4j.core.model.linear.Linear;
import dev.finetune4j.core.model.projection.ProjectionGroup;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.testing.NoTensorLeak;
import dev.finetune4j.core.testing.PairCheck;
import dev.finetune4j.core.testing.Parts;
import dev.finetune4j.core.testing.PlainOps;
import dev.finetune4j.core.testing.Randoms;
import dev.finetune4j.core.testing.Tolerance;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every layer's own forward and backward equal the same equation under autograd. */
@NoTensorLeak
class LayerPairTest {
    private static final int HIDDEN = 24;
    private static final int HEAD = 6;

    @ParameterizedTest
    @CsvSource({"1, 24", "37, 24", "5, 2", "200, 96"})
    void rmsNormEqualsAutograd(int tokens, int width) {
        try (Scope scope = Scope.open("test");
                Parts parts = new Parts(1)) {
            RmsNorm norm = parts.norm("norm", width);
            PairCheck.Pair pair = new PairCheck.Pair() {
                private @Nullable Tensor input;

                @Override
                public Tensor forward(Tensor x, Tape tape) {
                    input = x;
                    return norm.forward(x, DType.FLOAT32);
                }

                @Override
                public Tensor backward(Tensor dy, @Nullable Tensor x, Tape tape) {
                    return norm.backward(dy, java.util.Objects.requireNonNull(input));
                }

                @Override
                public boolean needsInput() {
                    return true;
                }
            };
            new PairCheck(parts, pair, i -> PlainOps.rmsNorm(i.get(0), i.get(1), Parts.EPSILON))
                    .run(parts.random().normal(tokens, width));
        }
    }

    @Test
    void rmsNormOfZerosIsFiniteForwardAndBackward() {
        try (Scope scope = Scope.open("test");
                Parts parts = new Parts(2)) {
            RmsNorm norm = parts.norm("norm", 8);
            Tensor x = Torch.zeros(DType.FLOAT32, Device.CPU, 3, 8);
            assertEquals(0, norm.forward(x, DType.FLOAT32).abs().sum().item_float());
            Tensor dx = norm.backward(parts.random().normal(3, 8), x);
            assertEquals(1, torch.isfinite(dx).all().item_bool() ? 1 : 0);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void feedForwardEqualsAutograd(boolean bias) {
        try (Scope scope = Scope.open("test");
                Parts parts = new Parts(3)) {
            GatedFeedForward layer = new GatedFeedForward(
                    new ProjectionGroup(parts.linear("gate", 40, HIDDEN, bias), parts.linear("up", 40, HIDDEN, bias)),
                    parts.linear("down", HIDDEN, 40, bias),
                    Activation.SILU,
                    parts.workspace());
            PairCheck.Pair pair = new PairCheck.Pair() {
                @Override
                public Tensor forward(Tensor x, Tape tape) {
                    return layer.forward(x, tape);
                }

                @Override
                public Tensor backward(Tensor dy, @Nullable Tensor x, Tape tape) {
                    return layer.backward(dy, x, tape);
                }

                @Override
                public boolean needsInput() {
                    return layer.needsInput();
                }
            };
            new PairCheck(parts, pair, i -> feedForward(i, bias))
                    .run(parts.random().normal(19, HIDDEN));
        }
    }

    private static Tensor feedForward(List<Tensor> inputs, boolean bias) {
        Maps maps = new Maps(inputs.subList(1, inputs.size()), bias);
        Tensor x = inputs.get(0);
        Tensor gate = maps.next(x);
        Tensor up = maps.next(x);
        return maps.next(gate.mul(gate.sigmoid()).mul(up));
    }

    /** Takes weights, and biases if there are any, from a list one map at a time. */
    private static final class Maps {
        private final List<Tensor> parameters;
        private final boolean bias;
        private int at;

        Maps(List<Tensor> parameters, boolean bias) {
            this.parameters = parameters;
            this.bias = bias;
        }

        Tensor next(Tensor x) {
            Tensor y = PlainOps.linear(x, parameters.get(at++));
            return bias ? y.add(parameters.get(at++)) : y;
        }

        Tensor vector() {
            return parameters.get(at++);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "fused, false, false, 0",
        "fused, true, true, 0",
        "fused, false, true, 4",
        "chunked, false, false, 0",
        "chunked, true, true, 0",
        "chunked, false, true, 4"
    })
    void attentionEqualsAutograd(String kernel, boolean bias, boolean norms, int window) {
        AttentionLayout layout = PlainOps.layout(7, 19, 1);
        try (Scope scope = Scope.open("test");
                Parts parts = new Parts(4)) {
            ProjectionGroup maps = new ProjectionGroup(
                    parts.linear("q", 4 * HEAD, HIDDEN, bias),
                    parts.linear("k", 2 * HEAD, HIDDEN, bias),
                    parts.linear("v", 2 * HEAD, HIDDEN, bias));
            Linear output = parts.linear("o", HIDDEN, 4 * HEAD, bias);
            HeadNorms headNorms = norms
                    ? new HeadNorms(parts.norm("q_norm", HEAD), parts.norm("k_norm", HEAD), Span.HEAD, false)
                    : null;
            Attention layer = new Attention(
                    maps, output, headNorms, AttentionKernels.named(kernel), Attention.Shape.plain(HEAD, window));
            Angles angles = new RotaryEmbedding(RopeConfig.plain(HEAD, 100)).angles(layout, Device.CPU);
            TokenPositions positions = new TokenPositions(layout, List.of(angles));
            PairCheck.Pair pair = new PairCheck.Pair() {
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
            };
            new PairCheck(parts, pair, i -> attention(i, bias, norms, window, layout, angles))
                    .run(parts.random().normal(layout.tokens(), HIDDEN));
        }
    }

    private static Tensor attention(
            List<Tensor> inputs, boolean bias, boolean norms, int window, AttentionLayout layout, Angles angles) {
        Maps maps = new Maps(inputs.subList(1, inputs.size()), bias);
        Tensor x = inputs.get(0);
        Tensor q = maps.next(x).view(x.size(0), -1, HEAD);
        Tensor k = maps.next(x).view(x.size(0), -1, HEAD);
        Tensor v = maps.next(x).view(x.size(0), -1, HEAD);
        Maps rest = new Maps(inputs.subList(bias ? 9 : 5, inputs.size()), false);
        if (norms) {
            q = PlainOps.rmsNorm(q, rest.vector(), Parts.EPSILON);
            k = PlainOps.rmsNorm(k, rest.vector(), Parts.EPSILON);
        }
        List<Tensor> qkv = List.of(PlainOps.rotate(q, angles), PlainOps.rotate(k, angles), v);
        return maps.next(PlainOps.attention(qkv, layout, window).reshape(x.size(0), -1));
    }

    @Test
    void rotationEqualsItsEquationAndRotatingBackUndoesIt() {
        AttentionLayout layout = PlainOps.layout(5, 9);
        try (Scope scope = Scope.open("test")) {
            Angles angles = new RotaryEmbedding(RopeConfig.plain(HEAD, 100)).angles(layout, Device.CPU);
            Tensor x = new Randoms(5).normal(14, 3, HEAD);
            Tensor turned = x.clone();
            RotaryEmbedding.rotate(turned, angles);
            Tolerance.assertClose("rotated", PlainOps.rotate(x, angles), turned, Tolerance.PAIR);
            RotaryEmbedding.rotateBack(turned, angles);
            Tolerance.assertClose("and back", x, turned, Tolerance.PAIR);
        }
    }

    @Test
    void rotationGradientEqualsAutogradUnderYarnsFactor() {
        RopeConfig yarn =
                new RopeConfig(HEAD, false, 100, "yarn", 4, 8, new RopeConfig.Yarn(32, 1, 1.3, true), 1, 4, null);
        AttentionLayout layout = PlainOps.layout(5, 9);
        try (Scope scope = Scope.open("test")) {
            Angles angles = new RotaryEmbedding(yarn).angles(layout, Device.CPU);
            Tensor x = new Randoms(6).normal(14, 3, HEAD).requires_grad_(true);
            Tensor dy = new Randoms(7).normal(14, 3, HEAD);
            PlainOps.rotate(x, angles).mul(dy).sum().backward();
            Tensor dx = dy.clone();
            RotaryEmbedding.rotateBack(dx, angles);
            Tolerance.assertClose("gradient", x.grad(), dx, Tolerance.PAIR);
        }
    }

    @Test
    void rotationDependsOnThePositionInTheDocumentOnly() {
        try (Scope scope = Scope.open("test")) {
            RotaryEmbedding rope = new RotaryEmbedding(RopeConfig.plain(HEAD, 10000));
            Angles both = rope.angles(PlainOps.layout(5, 9), Device.CPU);
            Angles second = rope.angles(PlainOps.layout(9), Device.CPU);
            Tolerance.assertSame("cos", second.cos(), both.cos().narrow(0, 5, 9));
            Tolerance.assertSame("sin", second.sin(), both.sin().narrow(0, 5, 9));
            List<Float> first = new ArrayList<>();
            for (float value : Torch.toFloats(both.cos().narrow(0, 0, 1))) {
                first.add(value);
            }
            assertEquals(List.of(1f, 1f, 1f), first);
        }
    }
}
