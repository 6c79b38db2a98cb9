package dev.finetune4j.core.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.error.WeightException;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.testing.NoTensorLeak;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

@NoTensorLeak
class ParameterStoreTest {
    private static Parameter parameter(String name, float... values) {
        try (Scope scope = Scope.open("parameter")) {
            return new Parameter(name, Torch.floats(values, Device.CPU));
        }
    }

    @Test
    void tiedNameLeadsToOneParameterThatCountsOnce() {
        try (ParameterStore store = new ParameterStore()) {
            Parameter embedding = store.add(parameter("embed", 1, 2));
            store.tie("head", "embed");
            assertSame(embedding, store.get("head"));
            assertEquals(1, store.all().size());
            assertEquals(2, store.elements());
            embedding.trainable(true);
            assertEquals(2, store.trainableElements());
        }
    }

    @Test
    void twoParametersOfOneNameAreRefused() {
        try (ParameterStore store = new ParameterStore();
                Parameter twin = parameter("w", 1)) {
            store.add(parameter("w", 1));
            assertTrue(assertThrows(WeightException.class, () -> store.add(twin))
                    .getMessage()
                    .contains("w"));
        }
    }

    @Test
    void unknownNameIsRefusedAndFindIsNull() {
        try (ParameterStore store = new ParameterStore()) {
            assertNull(store.find("w"));
            assertThrows(WeightException.class, () -> store.get("w"));
            store.remove("w");
        }
    }

    @Test
    void gradientsAddUpInFp32AndAreFreed() {
        try (Scope scope = Scope.open("test");
                Parameter parameter = parameter("w", 0, 0)) {
            parameter.accumulate(Torch.to(Torch.floats(new float[] {1, 2}, Device.CPU), DType.BFLOAT16));
            parameter.accumulate(Torch.floats(new float[] {10, 20}, Device.CPU));
            Tensor gradient = java.util.Objects.requireNonNull(parameter.gradient());
            assertEquals(DType.FLOAT32, DType.of(gradient));
            assertArrayEquals(new float[] {11, 22}, Torch.toFloats(gradient));
            parameter.dropGradient();
            assertNull(parameter.gradient());
            assertArrayEquals(new float[] {0, 0}, Torch.toFloats(parameter.gradientBuffer()));
        }
    }

    @Test
    void replacedValueIsFreed() {
        long before = Scope.liveObjects();
        try (Parameter parameter = parameter("w", 1, 2)) {
            try (Scope scope = Scope.open("test")) {
                parameter.replace(Torch.copy(parameter.value(), DType.BFLOAT16));
            }
            assertEquals(DType.BFLOAT16, parameter.dtype());
            assertEquals(4, parameter.bytes());
            assertEquals(before + 1, Scope.liveObjects());
        }
    }
}
