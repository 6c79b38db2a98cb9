package dev.finetune4j.core.weights.pickle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.error.WeightException;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.testing.NoTensorLeak;
import dev.finetune4j.core.weights.SafetensorsFile;
import dev.finetune4j.core.weights.WeightFolder;
import dev.finetune4j.core.weights.WeightSource;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of torch.save against the numbers that torch put into them; see parity/torch_files.py. */
@NoTensorLeak
class PickleWeightsTest {
    @TempDir
    Path folder;

    private String refusal(Path file) {
        return assertThrows(
                        WeightException.class, () -> PickleWeights.open(file).close())
                .getMessage();
    }

    private void assertHoldsAll(WeightSource source) {
        Path expectedFile = TorchFiles.copy("expected.safetensors", folder);
        try (SafetensorsFile expected = SafetensorsFile.open(expectedFile)) {
            assertEquals(
                    expected.entries().keySet(), Set.copyOf(source.entries().keySet()));
            for (String name : expected.entries().keySet()) {
                assertSame(name, expected, source);
            }
        }
    }

    private static void assertSame(String name, WeightSource expected, WeightSource source) {
        WeightSource.Entry entry = source.entries().get(name);
        WeightSource.Entry wanted = expected.entries().get(name);
        assertEquals(wanted.dtype(), entry.dtype(), name);
        assertArrayEquals(wanted.shape(), entry.shape(), name);
        try (Scope scope = Scope.open("test")) {
            Tensor number = expected.read(name);
            assertTrue(source.read(name).equal(number), name);
            Tensor filled = Torch.empty(entry.dtype(), Device.CPU, entry.shape());
            source.readInto(name, filled);
            assertTrue(filled.equal(number), name + " read into memory");
            Tensor wide = Torch.empty(DType.FLOAT64, Device.CPU, entry.shape());
            source.readInto(name, wide);
            assertTrue(wide.equal(Torch.to(number, DType.FLOAT64)), name + " read into another dtype");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"zip.bin", "legacy.bin", "protocol4.bin"})
    void everyDtypeAndViewHasTheNumbersThatTorchGave(String name) {
        try (PickleWeights source = PickleWeights.open(TorchFiles.copy(name, folder))) {
            assertHoldsAll(source);
        }
    }

    @Test
    void shardsOfAnIndexAreOneSource() {
        for (String name : Set.of(
                "pytorch_model.bin.index.json",
                "pytorch_model-00001-of-00002.bin",
                "pytorch_model-00002-of-00002.bin")) {
            TorchFiles.copy("sharded/" + name, folder);
        }
        try (WeightFolder source = WeightFolder.open(folder)) {
            assertHoldsAll(source);
        }
    }

    @Test
    void folderOfOneFileIsRead() throws Exception {
        Files.move(TorchFiles.copy("zip.bin", folder), folder.resolve("pytorch_model.bin"));
        try (WeightFolder source = WeightFolder.open(folder)) {
            assertHoldsAll(source);
        }
    }

    @Test
    void safetensorsComeFirst() throws Exception {
        Files.move(TorchFiles.copy("harmful.bin", folder), folder.resolve("pytorch_model.bin"));
        Files.move(TorchFiles.copy("expected.safetensors", folder), folder.resolve("model.safetensors"));
        try (WeightFolder source = WeightFolder.open(folder)) {
            assertHoldsAll(source);
        }
    }

    /** An archive of 5 GB, nearly all of it a hole, needs the 64-bit fields. */
    @Test
    @DisabledOnOs(OS.WINDOWS)
    void archiveBeyondFourGigabytesIsRead() throws Exception {
        Path file = folder.resolve("wide.bin");
        WideZip.respread(TorchFiles.copy("zip.bin", folder), file, 5L << 30);
        assertTrue(Files.size(file) > 5L << 30);
        try (PickleWeights source = PickleWeights.open(file)) {
            assertHoldsAll(source);
        }
    }

    @Test
    void packedArchiveIsRefused() throws Exception {
        Path file = folder.resolve("packed.bin");
        try (var in = new java.util.zip.ZipFile(
                        TorchFiles.copy("zip.bin", folder).toFile());
                var out = new java.util.zip.ZipOutputStream(Files.newOutputStream(file))) {
            for (var entry : java.util.Collections.list(in.entries())) {
                out.putNextEntry(new java.util.zip.ZipEntry(entry.getName()));
                in.getInputStream(entry).transferTo(out);
            }
        }
        assertTrue(refusal(file).contains("compressed"), refusal(file));
    }

    @Test
    void modelInsideOtherThingsIsFound() {
        try (Scope scope = Scope.open("test");
                PickleWeights source = PickleWeights.open(TorchFiles.copy("wrapped.bin", folder))) {
            assertEquals(Set.of("weight", "bias", "tagged"), source.entries().keySet());
            assertArrayEquals(new float[] {0, 1, 2, 3, 4, 5}, Torch.toFloats(source.read("weight")));
            assertArrayEquals(new float[] {7, 8}, Torch.toFloats(source.read("bias")));
            assertArrayEquals(new float[] {9, 10}, Torch.toFloats(source.read("tagged")));
        }
    }

    @Test
    void partOfAStorageIsATensorsStorage() {
        try (Scope scope = Scope.open("test");
                PickleWeights source = PickleWeights.open(TorchFiles.copy("storage_view.bin", folder))) {
            assertArrayEquals(new float[] {4, 5, 6, 7}, Torch.toFloats(source.read("view")));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "harmful.bin, posix.system",
        "harmful_legacy.bin, posix.system",
        "module.bin, torch.nn.modules.linear.Linear",
    })
    void nameThatNoTensorNeedsIsNamedWithTheWayOut(String file, String global) {
        String message = refusal(TorchFiles.copy(file, folder));
        assertTrue(message.contains(file) && message.contains("names " + global + ","), message);
        assertTrue(message.contains("convert it to safetensors: python -c"), message);
        assertTrue(message.contains("torch.load('" + file + "'"), message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "two_models.bin | several dictionaries of tensors | model, module",
                "odd_name.bin | no tensors by name | its keys: weights",
                "list.bin | holds a list | dictionary of tensors",
                "float8.bin | tensor a | float8_e4m3fn",
                "repeated.bin | tensor a | repeats",
                "plain.bin | torch.save did not write | safetensors",
                "script.bin | TorchScript | safetensors",
            })
    void whatIsNoStateDictIsToldApart(String file, String says, String also) {
        String message = refusal(TorchFiles.copy(file, folder));
        assertTrue(message.contains(file) && message.contains(says) && message.contains(also), message);
    }

    @Test
    void otherByteOrderIsRefused() throws Exception {
        byte[] bytes = TorchFiles.bytes(TorchFiles.copy("zip.bin", folder));
        String text = new String(bytes, StandardCharsets.ISO_8859_1).replace("little", "middle");
        Path file = Files.write(folder.resolve("big.bin"), text.getBytes(StandardCharsets.ISO_8859_1));
        assertTrue(refusal(file).contains("\"middle\""), refusal(file));
    }

    @Test
    void pointerOfGitIsToldApart() throws Exception {
        Path file = Files.writeString(
                folder.resolve("pytorch_model.bin"),
                "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n");
        assertTrue(refusal(file).contains("git lfs pull"), refusal(file));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "P", "PK", "<html>no weights here</html>"})
    void otherContentIsRefused(String content) throws Exception {
        Path file = Files.writeString(folder.resolve("f.bin"), content);
        assertTrue(refusal(file).contains("f.bin"), refusal(file));
    }

    @Test
    void pickleThatOnlyGrowsIsStopped() throws Exception {
        byte[] lists = new byte[5_000_000];
        java.util.Arrays.fill(lists, (byte) ']');
        lists[0] = (byte) 0x80;
        lists[1] = 2;
        Path file = Files.write(folder.resolve("lists.bin"), lists);
        assertTrue(refusal(file).contains("instructions"), refusal(file));
    }

    @Test
    void textsThatOnlyGrowAreStopped() throws Exception {
        byte[] texts = new byte[80_000_100];
        texts[0] = (byte) 0x80;
        texts[1] = 2;
        for (int at = 2; at + 20_000_005 <= texts.length; at += 20_000_005) {
            texts[at] = 'X';
            java.nio.ByteBuffer.wrap(texts)
                    .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                    .putInt(at + 1, 20_000_000);
        }
        Path file = Files.write(folder.resolve("texts.bin"), texts);
        assertTrue(refusal(file).contains("bytes of text"), refusal(file));
    }

    @Test
    void missingFileIsNamed() {
        assertTrue(refusal(folder.resolve("none.bin")).contains("no such file"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"zip.bin", "legacy.bin"})
    void everyTruncationIsRefused(String name) throws Exception {
        byte[] whole = TorchFiles.bytes(TorchFiles.copy(name, folder));
        for (int length = 0; length < whole.length; length += 7) {
            Path file = Files.write(folder.resolve("cut.bin"), java.util.Arrays.copyOf(whole, length));
            assertTrue(refusal(file).contains("cut.bin"), name + " cut to " + length);
        }
    }

    @Test
    void fileThatShrinksAfterItWasOpenedIsAnError() throws Exception {
        Path file = TorchFiles.copy("legacy.bin", folder);
        try (Scope scope = Scope.open("test");
                PickleWeights source = PickleWeights.open(file)) {
            Files.write(file, java.util.Arrays.copyOf(TorchFiles.bytes(file), 100));
            assertThrows(WeightException.class, () -> source.read("whole"));
        }
    }
}
