package dev.finetune4j.core.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.finetune4j.core.testing.NoTensorLeak;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@NoTensorLeak
class DTypeTest {
    @ParameterizedTest
    @EnumSource
    void tensorsOfATypeHaveItAndItsWidth(DType dtype) {
        try (Scope scope = Scope.open("test")) {
            Tensor tensor = Torch.empty(dtype, Device.CPU, 2);
            assertEquals(dtype, DType.of(tensor));
            assertEquals(dtype.bytes(), tensor.element_size());
            assertEquals(dtype.isFloating(), tensor.is_floating_point());
        }
    }

    @ParameterizedTest
    @EnumSource
    void namesLeadBack(DType dtype) {
        assertEquals(dtype, DType.bySafetensorsName(dtype.safetensorsName()));
        assertEquals(dtype, DType.byConfigName(dtype.configName()));
        assertEquals(dtype, DType.byConfigName("torch." + dtype.configName()));
    }

    @Test
    void unknownNamesAreNull() {
        assertNull(DType.bySafetensorsName("f32"));
        assertNull(DType.bySafetensorsName(""));
        assertNull(DType.byConfigName("auto"));
    }

    @Test
    void tensorOfATypeThatIsNotOursIsRefused() {
        try (Scope scope = Scope.open("test")) {
            Tensor complex = Torch.zeros(DType.FLOAT32, Device.CPU, 1).to(ScalarType.ComplexFloat);
            assertThrows(IllegalArgumentException.class, () -> DType.of(complex));
        }
    }
}
