package dev.finetune4j.core.tuning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.model.Tape;
import dev.finetune4j.core.model.linear.DenseWeight;
import dev.finetune4j.core.model.linear.Linear;
import dev.finetune4j.core.model.linear.LinearAdapter;
import dev.finetune4j.core.model.linear.Workspace;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Draws;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.testing.NoTensorLeak;
import dev.finetune4j.core.testing.Tolerance;
import dev.finetune4j.core.weights.Parameter;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

/**
 * What any {@link LinearAdapter} must do, checked in fp64 without knowing its equation: its backward is the derivative of
 * its forward by central differences.
 */
@NoTensorLeak
public abstract class LinearAdapterContract {
    private static final int IN = 12;
    private static final int OUT = 10;
    private static final int[] ROWS = {3, 5};
    private static final int TOKENS = 8;
    private static final double STEP = 1e-5;

    /** An adapter for a map {@code [10, 12]} in fp64 that changes something, with dropout 0.25 if it knows dropout. */
    protected abstract LinearAdapter adapter(Linear linear);

    private interface Body {
        void run(Linear linear, Tensor x);
    }

    private void with(Body body) {
        try (Scope scope = Scope.open("contract");
                NoGradGuard noGrad = new NoGradGuard();
                Workspace workspace = new Workspace()) {
            List<Parameter> owned = new ArrayList<>();
            Parameter weight = new Parameter("map.weight", random(1, OUT, IN));
            Parameter bias = new Parameter("map.bias", random(2, OUT));
            owned.add(weight);
            owned.add(bias);
            Linear linear = new Linear("map", new DenseWeight(weight, workspace), bias);
            LinearAdapter adapter = adapter(linear);
            owned.addAll(adapter.parameters());
            adapter.parameters().forEach(parameter -> parameter.trainable(true));
            linear.adapter(adapter);
            body.run(linear, random(3, TOKENS, IN));
            owned.forEach(Parameter::close);
        }
    }

    /** Normal numbers in fp64, in the caller's scope. */
    protected static Tensor random(long seed, long... shape) {
        torch.manual_seed(seed);
        return torch.randn(shape).to(DType.FLOAT64.scalarType());
    }

    private static Draws draws() {
        return new Draws(7, 3, 0, ROWS);
    }

    private static double value(Linear linear, Tensor x, Tensor dy, Draws draws) {
        try (Scope scope = Scope.open("value");
                Tape tape = Tape.off(draws)) {
            return linear.forward(x, tape).mul(dy).sum().item_double();
        }
    }

    private static Tensor backward(Linear linear, Tensor x, Tensor dy, Draws draws) {
        try (Tape tape = Tape.saving(draws, null)) {
            linear.forward(x, tape);
            return linear.backward(dy, linear.needsInput() ? x : null, tape);
        }
    }

    /** Slope of the value along {@code direction} of {@code variable}, which is left as it was up to rounding. */
    private static double slope(Linear linear, Tensor x, Tensor dy, Tensor variable, Tensor direction) {
        variable.add_(direction, new Scalar(STEP));
        double above = value(linear, x, dy, draws());
        variable.add_(direction, new Scalar(-2 * STEP));
        double below = value(linear, x, dy, draws());
        variable.add_(direction, new Scalar(STEP));
        return (above - below) / (2 * STEP);
    }

    private static void assertSlope(String what, double expected, double actual) {
        assertTrue(
                Math.abs(expected - actual) <= 1e-6 * Math.max(1, Math.abs(expected)),
                () -> what + ": central differences give " + expected + ", backward gives " + actual);
    }

    @Test
    void inputGradientIsTheDerivative() {
        with((linear, x) -> {
            Tensor dy = random(4, TOKENS, OUT);
            Tensor dx = backward(linear, x, dy, draws());
            for (int seed = 10; seed < 14; seed++) {
                Tensor direction = random(seed, TOKENS, IN);
                double got = dx.mul(direction).sum().item_double();
                assertSlope("dx", slope(linear, x, dy, x, direction), got);
            }
        });
    }

    @Test
    void parameterGradientsAreTheDerivatives() {
        with((linear, x) -> {
            Tensor dy = random(4, TOKENS, OUT);
            backward(linear, x, dy, draws());
            for (Parameter parameter : parameters(linear)) {
                Tensor gradient = parameter.gradient();
                assertNotNull(gradient, parameter.name());
                Tensor direction = random(20, parameter.shape());
                double got = gradient.mul(direction).sum().item_double();
                assertSlope(parameter.name(), slope(linear, x, dy, parameter.value(), direction), got);
            }
        });
    }

    @Test
    void gradientsOfSeveralBatchesAddUp() {
        with((linear, x) -> {
            Tensor dy = random(4, TOKENS, OUT);
            backward(linear, x, dy, Draws.NONE);
            List<Tensor> once = new ArrayList<>();
            parameters(linear)
                    .forEach(parameter -> once.add(parameter.gradientBuffer().clone()));
            backward(linear, x, dy, Draws.NONE);
            for (int i = 0; i < once.size(); i++) {
                Tensor twice = parameters(linear).get(i).gradientBuffer();
                Tolerance.assertClose("gradient", once.get(i).mul(new Scalar(2)), twice, 1e-12);
            }
        });
    }

    @Test
    void frozenPartsGetNoGradient() {
        with((linear, x) -> {
            List<Parameter> parameters = parameters(linear);
            parameters.get(0).trainable(false);
            backward(linear, x, random(4, TOKENS, OUT), Draws.NONE);
            assertNull(parameters.get(0).gradient());
            linear.parameters().forEach(parameter -> assertNull(parameter.gradient(), parameter.name()));
        });
    }

    @Test
    void runningAgainWithoutATapeGivesTheSameBits() {
        with((linear, x) -> {
            try (Tape saving = Tape.saving(draws(), null);
                    Tape off = Tape.off(draws())) {
                Tensor first = linear.forward(x, saving);
                Tolerance.assertSame("output", first, linear.forward(x, off));
                assertEquals(0, off.bytes());
            }
        });
    }

    @Test
    void theInputIsLeftAlone() {
        with((linear, x) -> {
            Tensor before = x.clone();
            Tensor dy = random(4, TOKENS, OUT);
            Tensor dyBefore = dy.clone();
            backward(linear, x, dy, draws());
            Tolerance.assertSame("input", before, x);
            Tolerance.assertSame("gradient", dyBefore, dy);
        });
    }

    @Test
    void mergedEqualsAdapted() {
        with((linear, x) -> {
            try (Tape tape = Tape.off(Draws.NONE)) {
                Tensor adapted = linear.forward(x, tape);
                Tensor base = linear.plain(x);
                assertTrue(
                        Tolerance.relativeL2(adapted, base) > 1e-3, "the adapter of the suite must change something");
                LinearAdapter adapter = java.util.Objects.requireNonNull(linear.adapter());
                adapter.merge(linear);
                linear.adapter(null);
                Tolerance.assertClose("merged", adapted, linear.forward(x, tape), 1e-10);
            }
        });
    }

    private static List<Parameter> parameters(Linear linear) {
        return java.util.Objects.requireNonNull(linear.adapter()).parameters();
    }
}
