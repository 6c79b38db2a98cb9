package dev.finetune4j.training.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.testing.NoTensorLeak;
import dev.finetune4j.core.weights.Parameter;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

@NoTensorLeak
class GradientClipTest {
    private static Parameter with(String name, float... gradient) {
        Parameter p = new Parameter(name, Torch.floats(new float[gradient.length], Device.CPU));
        p.accumulate(Torch.floats(gradient, Device.CPU));
        return p;
    }

    private static float[] gradient(Parameter p) {
        return Torch.toFloats(Objects.requireNonNull(p.gradient()));
    }

    @Test
    void allGradientsShareOneNorm() {
        try (Scope scope = Scope.open("test");
                Parameter a = with("a", 3, 0);
                Parameter b = with("b", 4)) {
            assertEquals(5, GradientClip.clip(List.of(a, b), 2.5), 1e-6);
            // torch divides by the norm plus 1e-6.
            float factor = 2.5f / (5 + 1e-6f);
            assertArrayEquals(new float[] {3 * factor, 0}, gradient(a), 1e-6f);
            assertArrayEquals(new float[] {4 * factor}, gradient(b), 1e-6f);
        }
    }

    @Test
    void aNormBelowTheLimitChangesNothing() {
        try (Scope scope = Scope.open("test");
                Parameter a = with("a", 3, 4)) {
            assertEquals(5, GradientClip.clip(List.of(a), 6), 1e-6);
            assertEquals(5, GradientClip.clip(List.of(a), 0), 1e-6);
            assertArrayEquals(new float[] {3, 4}, gradient(a));
        }
    }

    @Test
    void aBrokenGradientIsNamedAndNothingIsScaled() {
        try (Scope scope = Scope.open("test");
                Parameter a = with("a", 300, 4);
                Parameter b = with("b", Float.POSITIVE_INFINITY, 1)) {
            assertTrue(Double.isInfinite(GradientClip.clip(List.of(a, b), 1)));
            assertSame(b, GradientClip.firstNotFinite(List.of(a, b)));
            assertNull(GradientClip.firstNotFinite(List.of(a)));
            assertArrayEquals(new float[] {300, 4}, gradient(a));
        }
    }

    @Test
    void withoutGradientsTheNormIsZero() {
        assertEquals(0, GradientClip.clip(List.of(), 1));
    }
}
