package dev.finetune4j.core.testing;

import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Assertions;

/** Tolerances, written once, and the comparisons that use them. */
public final class Tolerance {
    /** fp32 forward values, largest difference over largest value. */
    public static final double FORWARD = 1e-5;
    /** fp32 gradients, relative L2. */
    public static final double GRADIENT = 1e-4;
    /** A hand-written pair against autograd on the same forward, relative L2. */
    public static final double PAIR = 1e-5;
    /** Where only the order of sums differs. */
    public static final double SUMMATION = 1e-6;
    /** bf16 against fp32. */
    public static final double BF16 = 2e-2;

    private Tolerance() {}

    /** {@code ‖a − b‖ / ‖b‖}, or the norm of {@code a} where b is zero. */
    public static double relativeL2(Tensor a, Tensor b) {
        try (Scope scope = Scope.open("compare")) {
            Tensor x = Torch.to(a, DType.FLOAT64).reshape(-1);
            Tensor y = Torch.to(b, DType.FLOAT64).reshape(-1);
            double reference = y.norm().item_double();
            double difference = x.sub(y).norm().item_double();
            return reference == 0 ? difference : difference / reference;
        }
    }

    /** {@code max|a − b| / max|b|}. */
    public static double relativeMax(Tensor a, Tensor b) {
        try (Scope scope = Scope.open("compare")) {
            Tensor x = Torch.to(a, DType.FLOAT64).reshape(-1);
            Tensor y = Torch.to(b, DType.FLOAT64).reshape(-1);
            double reference = y.abs().max().item_double();
            double difference = x.sub(y).abs().max().item_double();
            return reference == 0 ? difference : difference / reference;
        }
    }

    public static void assertClose(String what, Tensor expected, Tensor actual, double tolerance) {
        Assertions.assertArrayEquals(expected.shape(), actual.shape(), what + ": shape");
        double difference = relativeL2(actual, expected);
        Assertions.assertTrue(difference <= tolerance, what + ": relative L2 difference " + difference);
    }

    /** Bit for bit. */
    public static void assertSame(String what, Tensor expected, Tensor actual) {
        Assertions.assertTrue(expected.equal(actual), what + " differs");
    }
}
