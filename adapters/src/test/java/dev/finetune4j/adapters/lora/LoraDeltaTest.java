package dev.finetune4j.adapters.lora;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.model.GraphLayer;
import dev.finetune4j.core.model.Tape;
import dev.finetune4j.core.model.linear.DenseWeight;
import dev.finetune4j.core.model.linear.Linear;
import dev.finetune4j.core.model.linear.Workspace;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Draws;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.testing.NoTensorLeak;
import dev.finetune4j.core.testing.Tolerance;
import dev.finetune4j.core.weights.Parameter;
import java.util.List;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The hand-written pair against autograd on the same equation. */
@NoTensorLeak
class LoraDeltaTest {
    private static final int IN = 48;
    private static final int OUT = 40;
    private static final int RANK = 4;
    private static final int[] ROWS = {7, 21, 5};
    private static final int TOKENS = 33;

    /** A map with an adapter, and what it was made from. */
    private static final class Bench implements AutoCloseable {
        final Workspace workspace = new Workspace();
        final Parameter weight;
        final Parameter bias;
        final Parameter a;
        final Parameter b;
        final double scale;
        final double dropout;
        final Linear linear;

        Bench(DType stored, boolean biased, double scale, double dropout) {
            this.scale = scale;
            this.dropout = dropout;
            weight = new Parameter("map.weight", random(1, stored, OUT, IN));
            bias = new Parameter("map.bias", random(2, stored, OUT));
            a = new Parameter("map.lora_A.weight", random(3, DType.FLOAT32, RANK, IN));
            b = new Parameter("map.lora_B.weight", random(4, DType.FLOAT32, OUT, RANK));
            a.trainable(true);
            b.trainable(true);
            linear = new Linear("map", new DenseWeight(weight, workspace), biased ? bias : null);
            linear.adapter(new LoraDelta(a, b, scale, dropout));
        }

        /** The same in one expression, for autograd. Inputs: x, A, B. */
        Tensor oracle(List<Tensor> inputs, Draws draws) {
            Tensor x = inputs.get(0);
            DType dtype = DType.of(x);
            Tensor y = x.mm(Torch.to(weight.value(), dtype).t());
            if (linear.bias() != null) {
                y = y.add(Torch.to(bias.value(), dtype));
            }
            Tensor dropped = !drops(draws) ? x : x.mul(draws.dropout("map", dropout, IN, dtype, Device.CPU));
            Tensor low = dropped.mm(Torch.to(inputs.get(1), dtype).t());
            return y.add(low.mm(Torch.to(inputs.get(2), dtype).t()), new Scalar(scale));
        }

        boolean drops(Draws draws) {
            return dropout > 0 && draws.active();
        }

        @Override
        public void close() {
            List.of(weight, bias, a, b).forEach(Parameter::close);
            workspace.close();
        }
    }

    private static Tensor random(long seed, DType dtype, long... shape) {
        torch.manual_seed(seed);
        return Torch.to(torch.randn(shape), dtype);
    }

    private static void compare(Bench bench, DType dtype, Draws draws, double tolerance) {
        Tensor x = random(5, dtype, TOKENS, IN);
        Tensor dy = random(6, dtype, TOKENS, OUT);
        try (GraphLayer graph = new GraphLayer(
                        List.of(x, bench.a.value(), bench.b.value()), inputs -> bench.oracle(inputs, draws));
                NoGradGuard noGrad = new NoGradGuard();
                Tape tape = Tape.saving(draws, null)) {
            Tensor y = bench.linear.forward(x, tape);
            Tolerance.assertClose("y", graph.output(), y, tolerance);
            Tensor dx = bench.linear.backward(dy, x, tape);
            List<Tensor> expected = graph.backward(dy);
            Tolerance.assertClose("dx", expected.get(0), dx, tolerance);
            Tolerance.assertClose("dA", expected.get(1), bench.a.gradientBuffer(), tolerance);
            Tolerance.assertClose("dB", expected.get(2), bench.b.gradientBuffer(), tolerance);
            // Nothing is saved where the update went into the matrix: fp32, no mask, and enough tokens, which these
            // are.
            boolean updated = dtype == DType.FLOAT32 && !bench.drops(draws);
            long saved = updated ? 0 : (long) TOKENS * RANK * dtype.bytes();
            assertEquals(saved, tape.bytes(), "at most the rank-wide input is saved");
            assertNull(bench.weight.gradient());
            assertNull(bench.bias.gradient());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "false, 2, 0",
        "true, 2, 0",
        "false, 2, 0.25",
        "true, 0.5, 0.1",
        "true, 5.656854249492381, 0",
    })
    void thePairEqualsAutogradInFp32(boolean bias, double scale, double dropout) {
        try (Scope scope = Scope.open("test");
                Bench bench = new Bench(DType.FLOAT32, bias, scale, dropout)) {
            compare(bench, DType.FLOAT32, new Draws(3, 1, 0, ROWS), Tolerance.PAIR);
        }
    }

    @ParameterizedTest
    @CsvSource({"0", "0.2"})
    void thePairEqualsAutogradInBf16(double dropout) {
        try (Scope scope = Scope.open("test");
                Bench bench = new Bench(DType.BFLOAT16, true, 2, dropout)) {
            compare(bench, DType.BFLOAT16, new Draws(3, 1, 0, ROWS), Tolerance.BF16);
            assertEquals(DType.FLOAT32, DType.of(bench.a.gradientBuffer()));
            assertEquals(DType.FLOAT32, DType.of(bench.b.gradientBuffer()));
        }
    }

    @Test
    void aBf16WeightIsWidenedWhereFp32Multiplies() {
        try (Scope scope = Scope.open("test");
                Bench bench = new Bench(DType.BFLOAT16, true, 2, 0.1)) {
            compare(bench, DType.FLOAT32, new Draws(3, 1, 0, ROWS), Tolerance.PAIR);
        }
    }

    @Test
    void inactiveDrawsDropNothing() {
        try (Scope scope = Scope.open("test");
                Bench bench = new Bench(DType.FLOAT32, true, 2, 0.5)) {
            compare(bench, DType.FLOAT32, Draws.NONE, Tolerance.PAIR);
        }
    }

    @Test
    void dropoutTouchesTheAdapterBranchOnly() {
        try (Scope scope = Scope.open("test");
                NoGradGuard noGrad = new NoGradGuard();
                Bench bench = new Bench(DType.FLOAT32, false, 2, 0.5);
                Tape tape = Tape.off(new Draws(3, 1, 0, ROWS))) {
            bench.b.value().zero_();
            Tensor x = random(5, DType.FLOAT32, TOKENS, IN);
            Tolerance.assertSame("y", bench.linear.plain(x), bench.linear.forward(x, tape));
        }
    }

    @Test
    void atTheFirstStepOnlyBHasAGradient() {
        try (Scope scope = Scope.open("test");
                NoGradGuard noGrad = new NoGradGuard();
                Bench bench = new Bench(DType.FLOAT32, false, 2, 0);
                Tape tape = Tape.saving(Draws.NONE, null)) {
            bench.b.value().zero_();
            Tensor x = random(5, DType.FLOAT32, TOKENS, IN);
            bench.linear.forward(x, tape);
            bench.linear.backward(random(6, DType.FLOAT32, TOKENS, OUT), x, tape);
            assertNotNull(bench.a.gradient());
            assertEquals(0, bench.a.gradientBuffer().abs().max().item_double());
            assertTrue(bench.b.gradientBuffer().abs().max().item_double() > 0);
        }
    }

    @ParameterizedTest
    @CsvSource({"0", "0.25"})
    void aTapeThatLeftTheMapOutGivesTheSameBits(double dropout) {
        Draws draws = new Draws(3, 1, 0, ROWS);
        try (Scope scope = Scope.open("test");
                NoGradGuard noGrad = new NoGradGuard();
                Bench whole = new Bench(DType.FLOAT32, true, 2, dropout);
                Bench partly = new Bench(DType.FLOAT32, true, 2, dropout);
                Tape full = Tape.saving(draws, null);
                Tape empty = Tape.saving(draws, null)) {
            Tensor x = random(5, DType.FLOAT32, TOKENS, IN);
            Tensor dy = random(6, DType.FLOAT32, TOKENS, OUT);
            whole.linear.forward(x, full);
            Tolerance.assertSame("dx", whole.linear.backward(dy, x, full), partly.linear.backward(dy, x, empty));
            Tolerance.assertSame("dA", whole.a.gradientBuffer(), partly.a.gradientBuffer());
            Tolerance.assertSame("dB", whole.b.gradientBuffer(), partly.b.gradientBuffer());
        }
    }

    @Test
    void itNeedsTheInputForItsGradient() {
        try (Scope scope = Scope.open("test");
                Bench bench = new Bench(DType.FLOAT32, false, 2, 0)) {
            assertTrue(bench.linear.needsInput());
        }
    }

    /** Values of the acceptance list of the specification: α = 4, r = 2, all in fp64. */
    @ParameterizedTest
    @CsvSource({
        "2, -0.30076462, -2.66319671, -12.55895341, 11.61364347",
        "2.8284271247461903, 1.22467810, -4.36699149, -8.08268753, 16.17602420"
    })
    void specifiedNumbersComeOut(double scale, double first, double last, double sum, double merged) {
        try (Scope scope = Scope.open("test");
                NoGradGuard noGrad = new NoGradGuard();
                Workspace workspace = new Workspace();
                Tape tape = Tape.off(Draws.NONE)) {
            Parameter weight = new Parameter("w", fill(6, 8, 1));
            Parameter bias = new Parameter("b", fill(1, 6, 9).view(6));
            Parameter a = new Parameter("a", fill(2, 8, 2));
            Parameter b = new Parameter("b2", fill(6, 2, 3));
            Linear linear = new Linear("map", new DenseWeight(weight, workspace), bias);
            LoraDelta delta = new LoraDelta(a, b, scale, 0);
            linear.adapter(delta);
            Tensor y = linear.forward(fill(3, 8, 4), tape);
            double[] got = {
                y.select(0, 0).select(0, 0).item_double(),
                y.select(0, 2).select(0, 5).item_double(),
                y.sum().item_double()
            };
            assertEquals(first, got[0], 1e-7);
            assertEquals(last, got[1], 1e-7);
            assertEquals(sum, got[2], 1e-7);
            delta.merge(linear);
            assertEquals(merged, weight.value().norm().item_double(), 1e-7);
            List.of(weight, bias, a, b).forEach(Parameter::close);
        }
    }

    /** {@code sin(k + 0.7 · (i · n + j))}, {@code [m, n]}. */
    private static Tensor fill(int m, int n, int k) {
        Tensor index = torch.arange(new Scalar(m * n)).to(DType.FLOAT64.scalarType());
        return index.mul(new Scalar(0.7)).add(new Scalar(k)).sin().view(m, n);
    }
}
