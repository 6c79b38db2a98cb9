package dev.finetune4j.core.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.finetune4j.core.error.UnsupportedException;
import dev.finetune4j.core.testing.NoTensorLeak;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@NoTensorLeak
class DeviceTest {
    @Test
    void cpuIsACpu() {
        assertEquals(Device.CPU, Device.parse("cpu"));
        assertEquals("cpu", Device.CPU.toString());
        assertFalse(Device.CPU.isCuda());
        try (Scope scope = Scope.open("test")) {
            assertEquals(Device.CPU, Torch.device(Torch.empty(DType.FLOAT32, Device.CPU, 1)));
            assertTrue(Device.CPU.toNative().is_cpu());
        }
    }

    @Test
    void cudaDevicesAreValuesWithANumber() {
        assertEquals("cuda:1", new Device("cuda", 1).toString());
        assertEquals(new Device("cuda", 1), new Device("cuda", 1));
        assertTrue(new Device("cuda", 0).isCuda());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "gpu", "CPU", "cpu:1", "cpu:", "cuda:x", "cuda:", "cuda:-1", "cuda:1:2", "cuda:99999999999"})
    void textThatNamesNoDeviceIsRefused(String text) {
        String message = assertThrows(UnsupportedException.class, () -> Device.parse(text))
                .getMessage();
        assertTrue(message.contains("\"" + text + "\""), message);
    }

    @Test
    void cudaWithoutACudaDeviceSaysWhatToAdd() {
        assumeFalse(torch.cuda_is_available(), "this machine has a CUDA device");
        String message = assertThrows(UnsupportedException.class, () -> Device.parse("cuda:0"))
                .getMessage();
        assertTrue(message.contains("profile cuda") && message.contains("device: cpu"), message);
        assertEquals(Device.CPU, Device.parse("auto"));
    }
}
