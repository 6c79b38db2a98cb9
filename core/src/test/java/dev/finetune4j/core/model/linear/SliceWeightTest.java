package dev.finetune4j.core.model.linear;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.testing.NoTensorLeak;
import dev.finetune4j.core.testing.PlainOps;
import dev.finetune4j.core.testing.Randoms;
import dev.finetune4j.core.testing.Tolerance;
import dev.finetune4j.core.weights.Parameter;
import java.util.Objects;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A slice of a stack multiplies, learns and is merged into as a matrix of its own would be. */
@NoTensorLeak
class SliceWeightTest {
    private static final int OUT = 7;
    private static final int IN = 5;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void productsEqualThoseOfTheMatrix(boolean transposed) {
        Randoms random = new Randoms(1);
        try (Scope scope = Scope.open("test");
                Workspace workspace = new Workspace();
                Parameter stack = stack(random, transposed);
                NoGradGuard guard = new NoGradGuard()) {
            SliceWeight weight = new SliceWeight(stack, 2, transposed, workspace);
            Tensor matrix = weight.dense(DType.FLOAT32);
            assertEquals(OUT, weight.out());
            assertEquals(IN, weight.in());
            assertEquals(4 * OUT * IN, weight.bytes());
            Tensor x = random.normal(9, IN);
            Tensor dy = random.normal(9, OUT);
            Tolerance.assertClose(
                    "product", PlainOps.linear(x, matrix), weight.multiply(x, null, null), Tolerance.SUMMATION);
            Tolerance.assertClose(
                    "input gradient", dy.matmul(matrix), weight.multiplyTransposed(dy, null), Tolerance.SUMMATION);
            Tensor b = random.normal(OUT, 2);
            Tensor a = random.normal(2, IN);
            Tensor bias = random.normal(OUT);
            Tolerance.assertClose(
                    "updated",
                    PlainOps.linear(x, matrix.add(b.matmul(a))).add(bias),
                    weight.multiplyUpdated(x, bias, b, a),
                    Tolerance.SUMMATION);
        }
    }

    private static Parameter stack(Randoms random, boolean transposed) {
        return new Parameter("stack", transposed ? random.normal(3, IN, OUT) : random.normal(3, OUT, IN));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void gradientsAndMergesTouchTheSliceOnly(boolean transposed) {
        Randoms random = new Randoms(2);
        try (Scope scope = Scope.open("test");
                Workspace workspace = new Workspace();
                Parameter stack = stack(random, transposed);
                NoGradGuard guard = new NoGradGuard()) {
            SliceWeight weight = new SliceWeight(stack, 1, transposed, workspace);
            assertFalse(weight.trains());
            stack.trainable(true);
            assertTrue(weight.trains());
            Tensor x = random.normal(9, IN);
            Tensor dy = random.normal(9, OUT);
            weight.accumulate(dy, x);
            weight.accumulate(dy, x);
            Tensor twice = dy.t().matmul(x).mul(Torch.scalar(2));
            checkOnly(transposed, twice, Objects.requireNonNull(stack.gradient()));
            Tensor before = stack.value().clone();
            Tensor delta = random.normal(OUT, IN);
            weight.plus(delta);
            checkOnly(transposed, delta, stack.value().sub(before));
        }
    }

    private static void checkOnly(boolean transposed, Tensor expected, Tensor stacked) {
        Tensor slice = stacked.select(0, 1);
        Tolerance.assertClose("slice", expected, transposed ? slice.t() : slice, Tolerance.SUMMATION);
        Tensor zeros = Torch.zeros(DType.FLOAT32, Device.CPU, slice.shape());
        Tolerance.assertSame("first", zeros, stacked.select(0, 0));
        Tolerance.assertSame("last", zeros, stacked.select(0, 2));
    }
}
