package dev.finetune4j.core.gguf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.gguf.block.GgmlType;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.testing.GoldenDecoder;
import dev.finetune4j.core.weights.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Random blocks of every readable type against what the reference library widens them to; see parity/gguf_blocks.py. */
class GgufBlocksTest {
    @TempDir
    Path folder;

    @BeforeEach
    void copyFiles() throws IOException {
        for (String name : new String[] {"blocks.gguf", "expected.safetensors"}) {
            GoldenDecoder.copy("/golden/gguf/blocks/" + name, folder.resolve(name));
        }
    }

    @ParameterizedTest
    @EnumSource(GgmlType.class)
    void readableTypesAreWidenedBitForBit(GgmlType type) {
        if (!type.isReadable()) {
            return;
        }
        try (Scope scope = Scope.open("test");
                GgufFile file = GgufFile.open(folder.resolve("blocks.gguf"));
                SafetensorsFile expected = SafetensorsFile.open(folder.resolve("expected.safetensors"))) {
            GgufTensor tensor = Objects.requireNonNull(file.tensors().get(type.name()));
            int[] want = bits(Torch.toFloats(expected.read(type.name())));
            int[] got = bits(file.floats(tensor));
            for (int i = 0; i < want.length; i++) {
                assertEquals(want[i], got[i], type + " element " + i);
            }
            assertEquals(want.length, got.length);
        }
    }

    @Test
    void goldenFileHoldsEveryReadableType() {
        try (GgufFile file = GgufFile.open(folder.resolve("blocks.gguf"))) {
            for (GgmlType type : GgmlType.values()) {
                assertEquals(type.isReadable(), file.tensors().containsKey(type.name()), type.name());
            }
            assertTrue(GgmlType.readableNames().contains("Q4_K"));
        }
    }

    private static int[] bits(float[] values) {
        int[] bits = new int[values.length];
        Arrays.setAll(bits, i -> Float.floatToRawIntBits(values[i]));
        return bits;
    }
}
