package dev.finetune4j.adapters;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import org.bytedeco.pytorch.Tensor;

/** Compares tensors the way the golden files are measured. */
public final class Closeness {
    private Closeness() {}

    /** Largest difference of two tensors over the largest expected magnitude. */
    public static double distance(Tensor got, Tensor expected) {
        try (Scope scope = Scope.open("compare")) {
            assertArrayEquals(expected.shape(), got.shape());
            Tensor wide = Torch.to(expected, DType.FLOAT64);
            double apart = Torch.to(got, DType.FLOAT64).sub(wide).abs().max().item_double();
            return apart / wide.abs().max().item_double();
        }
    }

    public static void assertClose(String what, Tensor got, Tensor expected, double tolerance) {
        double distance = distance(got, expected);
        assertTrue(distance <= tolerance, () -> what + " is off by " + distance + ", allowed " + tolerance);
    }
}
