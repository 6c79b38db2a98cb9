package dev.finetune4j.core.model.linear;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.model.Tape;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Draws;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.testing.NoTensorLeak;
import dev.finetune4j.core.testing.PairCheck;
import dev.finetune4j.core.testing.Parts;
import dev.finetune4j.core.testing.PlainOps;
import dev.finetune4j.core.testing.Tolerance;
import dev.finetune4j.core.weights.Parameter;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@NoTensorLeak
class LinearTest {
    /** A linear map as a pair. */
    private record AsPair(Linear linear) implements PairCheck.Pair {
        @Override
        public Tensor forward(Tensor x, Tape tape) {
            return linear.forward(x, tape);
        }

        @Override
        public Tensor backward(Tensor dy, @Nullable Tensor x, Tape tape) {
            return linear.backward(dy, x, tape);
        }

        @Override
        public boolean needsInput() {
            return linear.needsInput();
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 8, 6", "33, 24, 40", "7, 1, 5", "7, 5, 1"})
    void linearEqualsAutograd(int tokens, int in, int out) {
        try (Scope scope = Scope.open("test");
                Parts parts = new Parts(1)) {
            Linear linear = parts.linear("map", out, in, false);
            new PairCheck(parts, new AsPair(linear), i -> PlainOps.linear(i.get(0), i.get(1)))
                    .run(parts.random().normal(tokens, in));
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 8, 6", "33, 24, 40"})
    void linearWithBiasEqualsAutograd(int tokens, int in, int out) {
        try (Scope scope = Scope.open("test");
                Parts parts = new Parts(2)) {
            Linear linear = parts.linear("map", out, in, true);
            new PairCheck(
                            parts,
                            new AsPair(linear),
                            i -> PlainOps.linear(i.get(0), i.get(1)).add(i.get(2)))
                    .run(parts.random().normal(tokens, in));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"BFLOAT16", "FLOAT16", "FLOAT64"})
    void weightStoredInAnotherTypeIsMultipliedInTheTypeOfItsInput(DType storage) {
        try (Scope scope = Scope.open("test");
                Parts parts = new Parts(3, storage)) {
            Linear linear = parts.linear("map", 12, 20, true);
            new PairCheck(
                            parts,
                            new AsPair(linear),
                            i -> PlainOps.linear(i.get(0), i.get(1)).add(i.get(2)))
                    .run(parts.random().normal(9, 20));
        }
    }

    @Test
    void gradientsOfSeveralBackwardPassesAddUp() {
        try (Scope scope = Scope.open("test");
                Parts parts = new Parts(4);
                Tape tape = Tape.saving(Draws.NONE, null)) {
            Linear linear = parts.linear("map", 6, 8, true);
            parts.train(true);
            Tensor x = parts.random().normal(10, 8);
            Tensor dy = parts.random().normal(10, 6);
            linear.backward(dy, x, tape);
            Parameter weight = parts.store().get("map.weight");
            Tensor whole = java.util.Objects.requireNonNull(weight.gradient()).clone();
            parts.dropGradients();
            linear.backward(dy.narrow(0, 0, 4), x.narrow(0, 0, 4), tape);
            linear.backward(dy.narrow(0, 4, 6), x.narrow(0, 4, 6), tape);
            Tolerance.assertClose(
                    "sum", whole, java.util.Objects.requireNonNull(weight.gradient()), Tolerance.SUMMATION);
        }
    }

    @Test
    void gradientOfAWeightStoredInBf16IsSummedInFp32() {
        try (Scope scope = Scope.open("test");
                Parts parts = new Parts(5, DType.BFLOAT16);
                Tape tape = Tape.saving(Draws.NONE, null)) {
            Linear linear = parts.linear("map", 6, 8, true);
            parts.train(true);
            linear.backward(parts.random().normal(10, 6), parts.random().normal(10, 8), tape);
            for (Parameter parameter : parts.store().all()) {
                assertEquals(DType.FLOAT32, DType.of(java.util.Objects.requireNonNull(parameter.gradient())));
            }
        }
    }

    @Test
    void namesAreThoseOfTheCheckpoint() {
        try (Parts parts = new Parts(6)) {
            Linear linear = parts.linear("model.layers.3.self_attn.q_proj", 2, 2, false);
            assertEquals("q_proj", linear.shortName());
            assertFalse(linear.needsInput());
            parts.train(true);
            assertTrue(linear.needsInput());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"BFLOAT16", "FLOAT32", "FLOAT64"})
    void deltaIsAddedToTheStoredMatrix(DType storage) {
        try (Scope scope = Scope.open("test");
                Parts parts = new Parts(7, storage)) {
            Linear linear = parts.linear("map", 4, 5, false);
            Tensor before = parts.store().get("map.weight").value().clone();
            Tensor delta = parts.random().normal(4, 5);
            Tensor expected = Torch.to(before, DType.FLOAT64).add(Torch.to(delta, DType.FLOAT64));
            linear.weight().plus(delta);
            Tensor after = linear.weight().dense(storage);
            assertEquals(storage, parts.store().get("map.weight").dtype());
            Tolerance.assertClose("merged", expected, Torch.to(after, DType.FLOAT64), epsilon(storage));
        }
    }

    private static double epsilon(DType dtype) {
        return switch (dtype) {
            case BFLOAT16 -> 4e-3;
            case FLOAT32 -> 1e-7;
            default -> 1e-15;
        };
    }

    @Test
    void workspaceServesMatricesOfEverySizeAndIsFreed() {
        try (Scope scope = Scope.open("test");
                Workspace workspace = new Workspace()) {
            for (int size : new int[] {2, 8, 3, 16}) {
                Tensor matrix = workspace
                        .matrix(Workspace.Use.WEIGHT, DType.FLOAT32, Device.CPU, size, 2)
                        .fill_(Torch.scalar(size));
                assertEquals(2L * size * size, matrix.sum().item_float());
            }
            Tensor doubles = workspace.matrix(Workspace.Use.WEIGHT, DType.FLOAT64, Device.CPU, 3, 3);
            assertEquals(DType.FLOAT64, DType.of(doubles));
        }
    }
}
