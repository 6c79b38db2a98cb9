package dev.finetune4j.core.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.error.WeightException;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.testing.NoTensorLeak;
import dev.finetune4j.core.testing.RawSafetensors;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a safetensors file may say, and every lie that its header can tell. */
@NoTensorLeak
class SafetensorsFileTest {
    private static final byte[] EIGHT = RawSafetensors.floats(1, 2);

    @TempDir
    Path folder;

    private Path write(String header, byte[] data) {
        return RawSafetensors.write(folder.resolve("x.safetensors"), header, data);
    }

    private WeightException refused(Path file) {
        WeightException refusal = assertThrows(
                WeightException.class, () -> SafetensorsFile.open(file).close());
        assertTrue(refusal.getMessage().contains(file.toString()), refusal.getMessage());
        return refusal;
    }

    @Test
    void readsTensorsOfEveryShapeAndTheMetadata() {
        String header = "{\"__metadata__\":{\"format\":\"pt\"},"
                + RawSafetensors.entry("matrix", "F32", "[2,2]", 0, 16) + ","
                + RawSafetensors.entry("scalar", "F32", "[]", 16, 20) + ","
                + RawSafetensors.entry("empty", "F32", "[0,7]", 20, 20) + ","
                + RawSafetensors.entry("half", "BF16", "[2]", 20, 24) + "}";
        byte[] data = RawSafetensors.floats(1, 2, 3, 4, 5, Float.intBitsToFloat(0x4000_3f80));
        try (Scope scope = Scope.open("test");
                SafetensorsFile file = SafetensorsFile.open(write(header, data))) {
            assertEquals(
                    List.of("matrix", "scalar", "empty", "half"),
                    List.copyOf(file.entries().keySet()));
            assertEquals(Map.of("format", "pt"), file.metadata());
            Tensor matrix = file.read("matrix");
            assertArrayEquals(new long[] {2, 2}, matrix.shape());
            assertArrayEquals(new float[] {1, 2, 3, 4}, Torch.toFloats(matrix));
            assertEquals(0, file.read("scalar").dim());
            assertEquals(5, file.read("scalar").item_float());
            assertArrayEquals(new long[] {0, 7}, file.read("empty").shape());
            assertEquals(DType.BFLOAT16, DType.of(file.read("half")));
            assertArrayEquals(new float[] {1, 2}, Torch.toFloats(file.read("half")));
        }
    }

    @Test
    void dataThatBeginsAtAnOddByteIsReadAsWell() {
        for (int spaces = 0; spaces < 8; spaces++) {
            String header = RawSafetensors.header("w", "F32", "[2]", 0, 8) + " ".repeat(spaces);
            try (Scope scope = Scope.open("test");
                    SafetensorsFile file = SafetensorsFile.open(write(header, EIGHT))) {
                assertArrayEquals(new float[] {1, 2}, Torch.toFloats(file.read("w")), spaces + " spaces");
            }
        }
    }

    @Test
    void tensorAfterAnOddNumberOfBytesIsReadAsWell() {
        String header = "{" + RawSafetensors.entry("flag", "U8", "[1]", 0, 1) + ","
                + RawSafetensors.entry("w", "F64", "[1]", 1, 9) + "}";
        byte[] data = new byte[9];
        data[8] = 0x40;
        try (Scope scope = Scope.open("test");
                SafetensorsFile file = SafetensorsFile.open(write(header, data))) {
            assertEquals(2, file.read("w").item_double());
        }
    }

    @Test
    void fileWithoutTensorsIsAFileWithoutTensors() {
        try (Scope scope = Scope.open("test");
                SafetensorsFile file = SafetensorsFile.open(write("{}", new byte[0]))) {
            assertTrue(file.entries().isEmpty());
        }
    }

    @Test
    void fileOfEmptyTensorsOnlyIsRead() {
        try (Scope scope = Scope.open("test");
                SafetensorsFile file =
                        SafetensorsFile.open(write(RawSafetensors.header("e", "F32", "[0]", 0, 0), new byte[0]))) {
            assertEquals(0, file.read("e").numel());
        }
    }

    @Test
    void fileOpenedOutsideEveryScopeIsFreedByClosingIt() {
        Path path = write(RawSafetensors.header("w", "F32", "[2]", 0, 8), EIGHT);
        long before = Scope.liveObjects();
        SafetensorsFile.open(path).close();
        assertEquals(before, Scope.liveObjects());
    }

    @Test
    void tensorReadBeforeCloseSurvivesWhileItIsHeld() throws Exception {
        Path path = write(RawSafetensors.header("w", "F32", "[2]", 0, 8), EIGHT);
        try (Scope scope = Scope.open("test")) {
            Tensor w;
            try (SafetensorsFile file = SafetensorsFile.open(path)) {
                w = file.read("w");
            }
            Files.delete(path);
            assertArrayEquals(new float[] {1, 2}, Torch.toFloats(w));
        }
    }

    @Test
    void writingToAReadTensorLeavesTheFileAlone() throws Exception {
        String header = RawSafetensors.header("w", "F32", "[2]", 0, 8);
        Path path = write(header + " ".repeat(8 - header.length() % 8), EIGHT);
        byte[] before = Files.readAllBytes(path);
        try (Scope scope = Scope.open("test");
                SafetensorsFile file = SafetensorsFile.open(path)) {
            file.read("w").fill_(Torch.scalar(9));
            assertArrayEquals(new float[] {9, 9}, Torch.toFloats(file.read("w")));
        }
        assertArrayEquals(before, Files.readAllBytes(path));
    }

    static Stream<Arguments> lies() {
        return Stream.of(
                Arguments.of("no JSON", "{\"w\":", "no JSON"),
                Arguments.of("a list", "[1,2]", "no JSON object"),
                Arguments.of("blanks", "      ", "no JSON object"),
                Arguments.of("text after the object", entry("F32", "[2]", "[0,8]") + "{}", "no JSON"),
                Arguments.of("unknown dtype", entry("F33", "[2]", "[0,8]"), "dtype \"F33\""),
                Arguments.of("dtype that is a number", entryOf("7", "[2]", "[0,8]"), "dtype"),
                Arguments.of("no dtype", "{\"w\":{\"shape\":[2],\"data_offsets\":[0,8]}}", "dtype"),
                Arguments.of("no shape", "{\"w\":{\"dtype\":\"F32\",\"data_offsets\":[0,8]}}", "shape"),
                Arguments.of("no offsets", "{\"w\":{\"dtype\":\"F32\",\"shape\":[2]}}", "data_offsets"),
                Arguments.of("one offset", entry("F32", "[2]", "[8]"), "data_offsets"),
                Arguments.of("three offsets", entry("F32", "[2]", "[0,8,8]"), "data_offsets"),
                Arguments.of("offsets as an object", entry("F32", "[2]", "{\"a\":0,\"b\":8}"), "data_offsets"),
                Arguments.of("offsets as text", entry("F32", "[2]", "[\"0\",\"8\"]"), "data_offsets"),
                Arguments.of("broken offsets", entry("F32", "[2]", "[0,8.5]"), "data_offsets"),
                Arguments.of("shape as an object", entry("F32", "{\"a\":2}", "[0,8]"), "shape"),
                Arguments.of("shape of text", entry("F32", "[\"2\"]", "[0,8]"), "size"),
                Arguments.of("broken size", entry("F32", "[2.5]", "[0,8]"), "size"),
                Arguments.of("size that is true", entry("F32", "[true,2]", "[0,8]"), "size"),
                Arguments.of("negative size", entry("F32", "[-2]", "[0,8]"), "size"),
                Arguments.of("two negative sizes", entry("F32", "[-2,-1]", "[0,8]"), "size"),
                Arguments.of("size beyond 64 bits", entry("F32", "[18446744073709551618]", "[0,8]"), "size"),
                Arguments.of("product beyond 64 bits", entry("F32", "[4611686018427387904,2,2]", "[0,8]"), "overflows"),
                Arguments.of(
                        "product that wraps to the true size",
                        entry("F32", "[4611686018427387904,4]", "[0,0]"),
                        "overflows"),
                Arguments.of("negative offset", entry("F32", "[2]", "[-8,0]"), "data_offsets"),
                Arguments.of("end before begin", entry("F32", "[2]", "[8,0]"), "spans bytes"),
                Arguments.of(
                        "offsets beyond 64 bits",
                        entry("F32", "[2]", "[18446744073709551616,18446744073709551624]"),
                        "data_offsets"),
                Arguments.of("too few bytes", entry("F32", "[3]", "[0,8]"), "needs 12"),
                Arguments.of("too many bytes", entry("F32", "[1]", "[0,8]"), "needs 4"),
                Arguments.of("range past the end", entry("F32", "[4]", "[0,16]"), "truncated"),
                Arguments.of("bytes that nobody describes", entry("F32", "[1]", "[0,4]"), "tail"),
                Arguments.of("no tensors but bytes", "{}", "tail"),
                Arguments.of("a hole at the start", entry("F32", "[1]", "[4,8]"), "hole"),
                Arguments.of("entry that is a number", "{\"w\":5}", "dtype"),
                Arguments.of(
                        "metadata that is a number",
                        "{\"__metadata__\":5," + entry("F32", "[2]", "[0,8]").substring(1),
                        "__metadata__"),
                Arguments.of(
                        "metadata that nests",
                        "{\"__metadata__\":{\"a\":{}},"
                                + entry("F32", "[2]", "[0,8]").substring(1),
                        "__metadata__"),
                Arguments.of(
                        "duplicate names",
                        "{" + RawSafetensors.entry("w", "F32", "[1]", 0, 4) + ","
                                + RawSafetensors.entry("w", "F32", "[1]", 4, 8) + "}",
                        "w"),
                Arguments.of(
                        "the same bytes twice",
                        "{" + RawSafetensors.entry("a", "F32", "[2]", 0, 8) + ","
                                + RawSafetensors.entry("b", "F32", "[2]", 0, 8) + "}",
                        "overlap"),
                Arguments.of(
                        "ranges that overlap",
                        "{" + RawSafetensors.entry("a", "U8", "[5]", 0, 5) + ","
                                + RawSafetensors.entry("b", "U8", "[4]", 4, 8) + "}",
                        "overlap"),
                Arguments.of(
                        "a hole between",
                        "{" + RawSafetensors.entry("a", "U8", "[2]", 0, 2) + ","
                                + RawSafetensors.entry("b", "U8", "[4]", 4, 8) + "}",
                        "hole"),
                Arguments.of("nesting without end", "{\"w\":" + "[".repeat(50_000), "JSON"));
    }

    private static String entry(String dtype, String shape, String offsets) {
        return entryOf("\"" + dtype + "\"", shape, offsets);
    }

    private static String entryOf(String dtype, String shape, String offsets) {
        return "{\"w\":{\"dtype\":" + dtype + ",\"shape\":" + shape + ",\"data_offsets\":" + offsets + "}}";
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lies")
    void headerThatLiesIsRefused(String lie, String header, String says) {
        WeightException refusal = refused(write(header, EIGHT));
        assertTrue(refusal.getMessage().contains(says), lie + ": " + refusal.getMessage());
    }

    @Test
    void everyTruncationIsRefused() {
        byte[] whole = RawSafetensors.bytes(RawSafetensors.header("w", "F32", "[2]", 0, 8), EIGHT);
        for (int length = 0; length < whole.length; length++) {
            Path cut = RawSafetensors.write(folder.resolve("cut.safetensors"), java.util.Arrays.copyOf(whole, length));
            refused(cut);
        }
    }

    @Test
    void headerLengthThatLiesIsRefused() {
        byte[] header = RawSafetensors.header("w", "F32", "[2]", 0, 8).getBytes(StandardCharsets.UTF_8);
        for (long claimed :
                new long[] {0, 1, header.length - 1, header.length + 1, 1L << 31, 1L << 40, -1, Long.MIN_VALUE}) {
            Path file = RawSafetensors.write(
                    folder.resolve("length.safetensors"), RawSafetensors.bytes(claimed, header, EIGHT));
            refused(file);
        }
    }

    @Test
    void missingFileAndFolderInItsPlaceAreRefused() {
        assertTrue(refused(folder.resolve("nowhere.safetensors")).getMessage().contains("no such file"));
        refused(folder);
    }

    @Test
    void unknownTensorIsRefusedByName() {
        try (Scope scope = Scope.open("test");
                SafetensorsFile file =
                        SafetensorsFile.open(write(RawSafetensors.header("w", "F32", "[2]", 0, 8), EIGHT))) {
            WeightException refusal = assertThrows(WeightException.class, () -> file.read("v"));
            assertTrue(refusal.getMessage().contains("no tensor v"), refusal.getMessage());
        }
    }
}
