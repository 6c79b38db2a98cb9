package dev.finetune4j.core.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.testing.NoTensorLeak;
import dev.finetune4j.core.testing.Randoms;
import dev.finetune4j.core.testing.Tolerance;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@NoTensorLeak
class TorchTest {
    @ParameterizedTest
    @CsvSource({"1, 8, 3", "7, 16, 5", "190, 64, 33", "3, 1, 4", "3, 8, 1", "0, 8, 3"})
    void productEqualsMatrixMultiplication(int rows, int in, int out) {
        try (Scope scope = Scope.open("test")) {
            Randoms random = new Randoms(1);
            Tensor x = random.normal(rows, in);
            Tensor w = random.normal(out, in);
            Tensor bias = random.normal(out);
            Tolerance.assertClose("xWᵀ", torch.mm(x, w.t()), Torch.product(x, w, null), Tolerance.FORWARD);
            Tolerance.assertClose(
                    "xWᵀ + b", torch.mm(x, w.t()).add(bias), Torch.product(x, w, bias), Tolerance.FORWARD);
            Tensor dy = random.normal(rows, out);
            Tolerance.assertClose("dy W", torch.mm(dy, w), Torch.product(dy, w.t(), null), Tolerance.FORWARD);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT64", "FLOAT32", "FLOAT16", "BFLOAT16"})
    void productKeepsTheTypeOfItsInput(DType dtype) {
        try (Scope scope = Scope.open("test")) {
            Randoms random = new Randoms(2);
            Tensor x = random.normal(9, 16);
            Tensor w = random.normal(4, 16);
            Tensor bias = random.normal(4);
            Tensor y = Torch.product(Torch.to(x, dtype), Torch.to(w, dtype), Torch.to(bias, dtype));
            assertEquals(dtype, DType.of(y));
            Tolerance.assertClose("product", torch.mm(x, w.t()).add(bias), y, Tolerance.BF16);
        }
    }

    @Test
    void productLeavesItsArgumentsAlone() {
        try (Scope scope = Scope.open("test")) {
            Randoms random = new Randoms(3);
            Tensor x = Torch.to(random.normal(3, 4), DType.FLOAT64);
            Tensor w = Torch.to(random.normal(2, 4), DType.FLOAT64);
            Tensor bias = Torch.to(random.normal(2), DType.FLOAT64);
            List<Tensor> before = List.of(x.clone(), w.clone(), bias.clone());
            Torch.product(x, w, bias);
            Tolerance.assertSame("x", before.get(0), x);
            Tolerance.assertSame("w", before.get(1), w);
            Tolerance.assertSame("bias", before.get(2), bias);
        }
    }

    @Test
    void javaArraysComeBackAsTheyWere() {
        try (Scope scope = Scope.open("test")) {
            assertArrayEquals(new long[] {1, -2, 3}, Torch.toLongs(Torch.ints(new int[] {1, -2, 3}, Device.CPU)));
            assertArrayEquals(
                    new long[] {Long.MIN_VALUE, Long.MAX_VALUE},
                    Torch.toLongs(Torch.longs(new long[] {Long.MIN_VALUE, Long.MAX_VALUE}, Device.CPU)));
            assertArrayEquals(
                    new float[] {1.5f, -0f, Float.NaN},
                    Torch.toFloats(Torch.floats(new float[] {1.5f, -0f, Float.NaN}, Device.CPU)));
            assertArrayEquals(new long[0], Torch.toLongs(Torch.ints(new int[0], Device.CPU)));
            assertArrayEquals(new float[0], Torch.toFloats(Torch.floats(new float[0], Device.CPU)));
        }
    }

    @Test
    void stridedTensorsAreReadRowByRow() {
        try (Scope scope = Scope.open("test")) {
            Tensor x = Torch.floats(new float[] {1, 2, 3, 4, 5, 6}, Device.CPU).view(2, 3);
            assertArrayEquals(new float[] {1, 4, 2, 5, 3, 6}, Torch.toFloats(x.t()));
            assertArrayEquals(new float[] {2, 5}, Torch.toFloats(x.narrow(1, 1, 1)));
            assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6}, Torch.toFloats(Torch.to(x, DType.BFLOAT16)));
        }
    }

    @Test
    void conversionKeepsAndCopyCopies() {
        try (Scope scope = Scope.open("test")) {
            Tensor x = Torch.zeros(DType.FLOAT32, Device.CPU, 2);
            assertSame(x, Torch.to(x, DType.FLOAT32));
            assertEquals(DType.BFLOAT16, DType.of(Torch.to(x, DType.BFLOAT16)));
            Tensor copy = Torch.copy(x, DType.FLOAT32);
            assertNotSame(x, copy);
            copy.add_(Torch.scalar(1));
            assertArrayEquals(new float[] {0, 0}, Torch.toFloats(x));
        }
    }

    @Test
    void catLaysTensorsEndToEnd() {
        try (Scope scope = Scope.open("test")) {
            Tensor a = Torch.floats(new float[] {1, 2}, Device.CPU);
            Tensor b = Torch.floats(new float[] {3}, Device.CPU);
            assertArrayEquals(new float[] {1, 2, 3}, Torch.toFloats(Torch.cat(List.of(a, b))));
        }
    }

    @Test
    void normsAreEuclidean() {
        try (Scope scope = Scope.open("test")) {
            Tensor[] norms = Torch.norms(
                    List.of(Torch.floats(new float[] {3, 4}, Device.CPU), Torch.floats(new float[] {-2}, Device.CPU)));
            assertEquals(5, norms[0].item_float(), 1e-6);
            assertEquals(2, norms[1].item_float(), 1e-6);
        }
    }

    @Test
    void fusedAdamWEqualsItsEquations() {
        try (Scope scope = Scope.open("test")) {
            Randoms random = new Randoms(4);
            Tensor p = random.normal(50);
            Tensor g = random.normal(50);
            Tensor m = random.normal(50);
            Tensor v = random.normal(50).pow(Torch.scalar(2));
            float[] expected = adamW(p, g, m, v);
            Tensor step = Torch.zeros(DType.FLOAT32, Device.CPU).add_(Torch.scalar(3));
            Torch.fusedAdamW(
                    List.of(List.of(p), List.of(g), List.of(m), List.of(v), List.of(step)),
                    new double[] {0.1, 0.9, 0.99, 0.01, 1e-8});
            assertArrayEquals(expected, Torch.toFloats(p), 1e-5f);
        }
    }

    private static float[] adamW(Tensor p, Tensor g, Tensor m, Tensor v) {
        float[] value = Torch.toFloats(p);
        float[] gradient = Torch.toFloats(g);
        float[] first = Torch.toFloats(m);
        float[] second = Torch.toFloats(v);
        for (int i = 0; i < value.length; i++) {
            double a = 0.9 * first[i] + 0.1 * gradient[i];
            double b = 0.99 * second[i] + 0.01 * gradient[i] * gradient[i];
            double decayed = value[i] * (1 - 0.1 * 0.01);
            double mean = a / (1 - Math.pow(0.9, 3));
            double root = Math.sqrt(b / (1 - Math.pow(0.99, 3)));
            value[i] = (float) (decayed - 0.1 * mean / (root + 1e-8));
        }
        return value;
    }

    @Test
    void libtorchHasThreads() {
        assertTrue(Torch.threads() >= 1);
        Torch.synchronize(Device.CPU);
    }
}
