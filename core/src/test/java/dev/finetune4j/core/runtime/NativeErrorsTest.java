package dev.finetune4j.core.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.error.DeviceMemoryException;
import dev.finetune4j.core.error.NativeException;
import dev.finetune4j.core.error.WeightException;
import dev.finetune4j.core.testing.NoTensorLeak;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@NoTensorLeak
class NativeErrorsTest {
    private static RuntimeException translated(String text) {
        return NativeErrors.translate("step 3", new RuntimeException(text));
    }

    @Test
    void nativeFailureBecomesOneLineThatNamesTheOperation() {
        try (Scope scope = Scope.open("test")) {
            NativeException failure = assertThrows(
                    NativeException.class,
                    () -> NativeErrors.guard(
                            "step 3",
                            () -> Torch.zeros(DType.FLOAT32, Device.CPU, 2, 3)
                                    .mm(Torch.zeros(DType.FLOAT32, Device.CPU, 2, 3))));
            assertTrue(failure.getMessage().startsWith("step 3: "), failure.getMessage());
            assertTrue(failure.getMessage().contains("cannot be multiplied"), failure.getMessage());
            assertFalse(failure.getMessage().contains("\n"), failure.getMessage());
            assertTrue(failure.getCause().getMessage().contains("Exception raised from"));
        }
    }

    @Test
    void realAllocationFailureBecomesAMemoryExceptionWithItsSize() {
        try (Scope scope = Scope.open("test")) {
            DeviceMemoryException failure = assertThrows(
                    DeviceMemoryException.class,
                    () -> NativeErrors.guard("step 3", () -> Torch.empty(DType.FLOAT32, Device.CPU, 1L << 48)));
            assertEquals(1L << 50, failure.requestedBytes());
            assertTrue(failure.getMessage().contains("cutoff_len"), failure.getMessage());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CUDA out of memory. Tried to allocate 2.50 GiB. GPU 0 has a total capacity of 79 GiB | 2684354560",
                "CUDA out of memory. Tried to allocate 20.00 MiB. GPU 0 has | 20971520",
                "CUDA out of memory. Tried to allocate 512 bytes. GPU 0 has | 512",
                "CUDA error: out of memory | -1",
                "std::bad_alloc | -1",
                "DefaultCPUAllocator: not enough memory: you tried to allocate 64 bytes. | 64",
                "DefaultCPUAllocator: can't allocate memory: you tried to allocate 99999999999999999999 bytes. | -1",
            })
    void everySpellingOfTooLittleMemoryIsKnown(String text, long bytes) {
        DeviceMemoryException failure = assertInstanceOf(DeviceMemoryException.class, translated(text));
        assertEquals(bytes, failure.requestedBytes());
    }

    @Test
    void firstLineIsTheFirstThatSaysSomething() {
        assertEquals(
                "step 3: what",
                translated("\n\n  what\nmore\nException raised from x").getMessage());
        assertEquals("step 3: what", translated("what\nException raised from x").getMessage());
    }

    @Test
    void javaFaultsAndOurOwnPassThrough() {
        RuntimeException java = new IllegalArgumentException("out of memory");
        assertSame(java, NativeErrors.translate("step 3", java));
        RuntimeException silent = new RuntimeException((String) null);
        assertSame(silent, NativeErrors.translate("step 3", silent));
        WeightException ours = new WeightException("w");
        assertSame(
                ours,
                assertThrows(
                        WeightException.class,
                        () -> NativeErrors.guard("step 3", () -> {
                            throw ours;
                        })));
    }
}
