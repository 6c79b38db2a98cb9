package dev.finetune4j.core.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.testing.NoTensorLeak;
import java.util.HashSet;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@NoTensorLeak
class DrawsTest {
    private static Tensor mask(long seed, long step, int firstRow, int[] rows, String layer, double p) {
        return new Draws(seed, step, firstRow, rows).dropout(layer, p, 64, DType.FLOAT32, Device.CPU);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.01, 0.1, 0.5, 0.9})
    void theShareDroppedIsPAndTheMeanIsOne(double p) {
        try (Scope scope = Scope.open("test")) {
            float[] values = Torch.toFloats(mask(1, 2, 0, new int[] {1000, 2000, 1001}, "layer", p));
            long dropped = 0;
            double sum = 0;
            Set<Float> distinct = new HashSet<>();
            for (float value : values) {
                dropped += value == 0 ? 1 : 0;
                sum += value;
                distinct.add(value);
            }
            double sigma = Math.sqrt(p * (1 - p) / values.length);
            assertEquals(p, dropped / (double) values.length, 5 * sigma + 1e-5);
            assertEquals(1, sum / values.length, 5 * sigma / (1 - p) + 1e-4);
            assertEquals(2, distinct.size(), "a mask is made of 0 and one factor");
        }
    }

    @Test
    void aRowDrawsTheSameWhateverBatchItIsIn() {
        try (Scope scope = Scope.open("test")) {
            Tensor whole = mask(1, 2, 0, new int[] {3, 7, 5}, "layer", 0.3);
            Tensor split = mask(1, 2, 1, new int[] {7, 5}, "layer", 0.3);
            assertTrue(whole.narrow(0, 3, 12).equal(split));
        }
    }

    @Test
    void seedStepRowAndLayerEachChangeTheDraw() {
        try (Scope scope = Scope.open("test")) {
            int[] rows = {40};
            Tensor one = mask(1, 2, 3, rows, "layer", 0.5);
            assertTrue(one.equal(mask(1, 2, 3, rows, "layer", 0.5)));
            assertFalse(one.equal(mask(2, 2, 3, rows, "layer", 0.5)));
            assertFalse(one.equal(mask(1, 3, 3, rows, "layer", 0.5)));
            assertFalse(one.equal(mask(1, 2, 4, rows, "layer", 0.5)));
            assertFalse(one.equal(mask(1, 2, 3, rows, "other", 0.5)));
        }
    }

    @Test
    void neighbouringElementsAreIndependent() {
        try (Scope scope = Scope.open("test")) {
            float[] values = Torch.toFloats(mask(5, 0, 0, new int[] {4000}, "layer", 0.5));
            for (int lag = 1; lag <= 8; lag++) {
                long both = 0;
                for (int i = lag; i < values.length; i++) {
                    both += values[i] > 0 && values[i - lag] > 0 ? 1 : 0;
                }
                assertEquals(0.25, both / (double) (values.length - lag), 0.005, "lag " + lag);
            }
        }
    }
}
