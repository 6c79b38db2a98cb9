package dev.finetune4j.core.gguf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.error.WeightException;
import dev.finetune4j.core.testing.RawGguf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufFileTest {
    @TempDir
    Path folder;

    private static RawGguf small() {
        return RawGguf.of("llama").floats("a.weight", new long[] {2, 3}, 0, 1, 2, 3, 4, 5);
    }

    private GgufFile open(RawGguf content) {
        return GgufFile.open(content.write(folder.resolve("f.gguf")));
    }

    private void refused(RawGguf content, String... words) {
        refused(content.write(folder.resolve("f.gguf")), words);
    }

    private static void refused(Path file, String... words) {
        String message =
                assertThrows(WeightException.class, () -> GgufFile.open(file)).getMessage();
        assertTrue(message.startsWith(file.toString()), message);
        for (String word : words) {
            assertTrue(message.contains(word), message + " says " + word);
        }
    }

    @Test
    void metadataAreReadInAllTypes() {
        RawGguf content = small().text("t", "Grüße")
                .integer("u", -1)
                .decimal("f", 1e-5f)
                .flag("b", true)
                .texts("words", "x", "", "yz")
                .array("bytes", 0, 2, new byte[] {1, (byte) 255})
                .array("signed", 1, 1, new byte[] {-1})
                .key(
                        "i64",
                        11,
                        ByteBuffer.allocate(8)
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .putLong(-5)
                                .array())
                .array("nested", 9, 1, new byte[] {1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 7, 8});
        try (GgufFile file = open(content)) {
            GgufMetadata metadata = file.metadata();
            assertEquals("Grüße", metadata.text("t"));
            assertEquals(4294967295L, metadata.integer("u"));
            assertEquals(1e-5, metadata.number("f", 0));
            assertTrue(metadata.flag("b", false));
            assertEquals(List.of("x", "", "yz"), metadata.texts("words"));
            assertArrayEquals(new int[] {1, 255}, metadata.ints("bytes"));
            assertArrayEquals(new int[] {-1}, metadata.ints("signed"));
            assertEquals(-5, metadata.integer("i64"));
            assertEquals(1, metadata.length("nested"));
            assertEquals(9, metadata.integer("absent", 9));
            assertEquals(List.of(), metadata.texts("absent"));
        }
    }

    @Test
    void aKeyOfAnotherTypeIsNamed() {
        try (GgufFile file = open(small().text("t", "x"))) {
            String message = assertThrows(
                            WeightException.class, () -> file.metadata().integer("t"))
                    .getMessage();
            assertTrue(message.contains("\"t\"") && message.contains("whole number"), message);
            assertThrows(WeightException.class, () -> file.metadata().texts("t"));
            assertThrows(WeightException.class, () -> file.metadata().text("absent"));
        }
    }

    @Test
    void bothVersionsAndOtherAlignmentsAreRead() {
        for (int version : new int[] {2, 3}) {
            RawGguf content = new RawGguf().version(version).alignment(64);
            content.floats("a", new long[] {3}, 1, 2, 3).floats("b", new long[] {2}, 4, 5);
            try (GgufFile file = open(content)) {
                assertArrayEquals(
                        new float[] {4, 5},
                        file.floats(Objects.requireNonNull(file.tensors().get("b"))));
            }
        }
    }

    @Test
    void shapesAreOutermostFirst() {
        try (GgufFile file = open(small())) {
            GgufTensor tensor = Objects.requireNonNull(file.tensors().get("a.weight"));
            assertArrayEquals(new long[] {2, 3}, tensor.shape());
            assertArrayEquals(new float[] {0, 1, 2, 3, 4, 5}, file.floats(tensor));
        }
    }

    @Test
    void otherFilesAndVersionsAreRefused() throws IOException {
        refused(small().magic(0x12345678), "does not begin with \"GGUF\"");
        refused(small().magic(0x47475546), "big-endian");
        refused(small().version(3 << 24), "big-endian");
        refused(small().version(1), "version 1", "2 and 3");
        refused(small().version(4), "version 4");
        refused(Files.write(folder.resolve("short"), new byte[] {'G', 'G', 'U', 'F'}), "4 bytes");
        refused(folder.resolve("absent"), "no such file");
        refused(folder, "cannot be read");
    }

    @Test
    void everyTruncationIsRefused() throws IOException {
        byte[] whole = small().texts("words", "x", "y").integer("n", 3).bytes();
        for (int length = 0; length < whole.length; length++) {
            refused(Files.write(folder.resolve("cut.gguf"), Arrays.copyOf(whole, length)));
        }
    }

    @Test
    void lengthsThatTheFileDoesNotHaveAreRefused() {
        byte[] long8 = ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(1L << 40)
                .array();
        refused(small().key("t", 8, long8), "\"t\"", "1099511627776 bytes");
        refused(small().array("a", 0, 1L << 40, new byte[0]), "\"a\"", "1099511627776 elements");
        refused(small().array("a", 8, -1, new byte[0]), "\"a\"", "18446744073709551615 elements");
        refused(small().claimKeys(1L << 50), "metadata entries");
        refused(small().claimTensors(1L << 50), "tensors");
        refused(small().claimTensors(-2), "18446744073709551615 tensors");
    }

    @Test
    void unknownTypesOfValuesAreRefused() {
        refused(small().key("t", 13, new byte[8]), "\"t\"", "type 13");
        refused(small().array("a", 77, 1, new byte[8]), "\"a\"", "type 77");
        byte[] deep = new byte[0];
        for (int i = 0; i < 8; i++) {
            byte[] outer = new byte[12 + deep.length];
            ByteBuffer.wrap(outer)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(i == 0 ? 0 : 9)
                    .putLong(i == 0 ? 0 : 1)
                    .put(deep);
            deep = outer;
        }
        refused(small().array("deep", 9, 1, deep), "\"deep\"", "deeper");
    }

    @Test
    void doubleNamesAreRefused() {
        refused(small().integer("n", 1).integer("n", 2), "\"n\"", "twice");
        refused(small().entry("a.weight", new long[] {1}, 0, 0), "a.weight", "twice");
    }

    @Test
    void tensorsThatLieWronglyAreRefused() {
        refused(small().entry("b", new long[] {1}, 0, 16), "tensor b", "alignment");
        refused(small().entry("b", new long[] {1}, 0, 0), "overlaps");
        refused(small().entry("b", new long[] {1}, 0, 1 << 20), "tensor b", "past the end");
        refused(small().entry("b", new long[] {1L << 40}, 0, 32), "tensor b", "past the end");
        refused(small().entry("b", new long[] {1L << 40, 1L << 40}, 0, 32), "tensor b", "past the end");
        refused(small().entry("b", new long[] {1}, 0, -32), "tensor b", "offset");
        refused(small().entry("b", new long[] {1}, 0, Long.MAX_VALUE - 31), "tensor b", "past the end");
        refused(small().entry("b", new long[] {1, 1, 1, 1, 1}, 0, 32), "5 dimensions");
        refused(small().entry("b", new long[] {0}, 0, 32), "dimension of 0");
        refused(small().entry("b", new long[] {-1}, 0, 32), "dimension of 18446744073709551615");
        refused(new RawGguf().alignment(24), "general.alignment", "24");
        refused(new RawGguf().alignment(0), "general.alignment", "0");
    }

    @Test
    void quantizationsThatAreNotReadAreNamed() {
        refused(small().entry("b", new long[] {256}, 16, 32), "tensor b", "IQ2_XXS", "Q4_K", "Q8_0");
        refused(small().entry("b", new long[] {256}, 4711, 32), "tensor b", "4711", "Q6_K");
        refused(small().entry("b", new long[] {48}, 8, 32), "tensor b", "48", "Q8_0");
    }

    @Test
    void tensorsBeyondTwoGigabytesAreRead() throws IOException {
        long far = 3L << 30;
        Path file = RawGguf.of("llama").entry("far", new long[] {2}, 0, far).write(folder.resolve("large.gguf"));
        long start = Files.size(file);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            ByteBuffer values = ByteBuffer.allocate(8)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putFloat(1.5f)
                    .putFloat(-2)
                    .flip();
            channel.write(values, start + far);
        }
        try (GgufFile large = GgufFile.open(file)) {
            assertArrayEquals(
                    new float[] {1.5f, -2},
                    large.floats(Objects.requireNonNull(large.tensors().get("far"))));
        }
    }
}
