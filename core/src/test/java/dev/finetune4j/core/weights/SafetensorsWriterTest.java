package dev.finetune4j.core.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.finetune4j.core.error.WeightException;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.testing.NoTensorLeak;
import dev.finetune4j.core.weights.SafetensorsWriter.Item;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@NoTensorLeak
class SafetensorsWriterTest {
    @TempDir
    Path folder;

    private static Tensor numbers(int count, DType dtype, long... shape) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = i - count / 2f;
        }
        return Torch.copy(Torch.floats(values, Device.CPU), dtype).view(shape);
    }

    private List<String> names() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void everyDtypeAndShapeIsReadBack() {
        try (Scope scope = Scope.open("test")) {
            List<Item> items = new ArrayList<>();
            for (DType dtype : DType.values()) {
                items.add(Item.of("odd." + dtype, numbers(3, dtype, 3)));
                items.add(Item.of("matrix." + dtype, numbers(6, dtype, 2, 3)));
            }
            items.add(Item.of("scalar", numbers(1, DType.FLOAT32)));
            items.add(Item.of("empty", numbers(0, DType.BFLOAT16, 0, 4)));
            // A view that is not contiguous is written in the order of its indices.
            items.add(Item.of("turned", numbers(6, DType.FLOAT32, 2, 3).t()));
            Path file = folder.resolve("all.safetensors");
            new SafetensorsWriter(Disk.DEFAULT, Map.of("format", "pt", "note", "é")).write(file, items);
            try (SafetensorsFile read = SafetensorsFile.open(file)) {
                assertEquals(Map.of("format", "pt", "note", "é"), read.metadata());
                assertEquals(items.size(), read.entries().size());
                for (Item item : items) {
                    Tensor tensor = read.read(item.name());
                    assertArrayEquals(item.shape(), tensor.shape(), item.name());
                    assertEquals(item.dtype(), DType.of(tensor));
                    assertTrue(item.tensor().get().equal(tensor), item.name());
                }
            }
        }
    }

    @Test
    void largeModelsAreShardedWithAnIndex() throws IOException {
        try (Scope scope = Scope.open("test")) {
            List<Item> items = List.of(
                    Item.of("a", numbers(10, DType.FLOAT32, 10)),
                    Item.of("b", numbers(10, DType.FLOAT32, 10)),
                    Item.of("c", numbers(40, DType.FLOAT32, 40)),
                    Item.of("d", numbers(5, DType.BFLOAT16, 5)));
            SafetensorsWriter writer = new SafetensorsWriter(Disk.DEFAULT);
            writer.writeSharded(folder, "model", items, 1000);
            assertEquals(List.of("model.safetensors"), names());
            writer.writeSharded(folder, "model", items, 80);
            assertEquals(
                    List.of(
                            "model-00001-of-00003.safetensors",
                            "model-00002-of-00003.safetensors",
                            "model-00003-of-00003.safetensors",
                            "model.safetensors.index.json"),
                    names());
            JsonNode index = new ObjectMapper()
                    .readTree(folder.resolve("model.safetensors.index.json").toFile());
            assertEquals(250, index.path("metadata").path("total_size").asInt());
            assertEquals(65, index.path("metadata").path("total_parameters").asInt());
            assertEquals(
                    "model-00002-of-00003.safetensors",
                    index.path("weight_map").path("c").asText());
            for (Item item : items) {
                Path shard = folder.resolve(
                        index.path("weight_map").path(item.name()).asText());
                try (SafetensorsFile read = SafetensorsFile.open(shard)) {
                    assertTrue(item.tensor().get().equal(read.read(item.name())), item.name());
                }
            }
            writer.writeSharded(folder, "model", items, 1000);
            assertEquals(List.of("model.safetensors"), names());
        }
    }

    @Test
    void aDiskThatFillsUpChangesNoFile() throws IOException {
        Path file = folder.resolve("model.safetensors");
        Files.writeString(file, "the old one");
        try (Scope scope = Scope.open("test")) {
            List<Item> items = List.of(Item.of("a", numbers(100, DType.FLOAT32, 100)));
            Disk full = new Disk() {
                private int left = 300;

                @Override
                protected void put(FileChannel channel, ByteBuffer bytes) throws IOException {
                    left -= bytes.remaining();
                    if (left < 0) {
                        throw new IOException("No space left on device");
                    }
                    super.put(channel, bytes);
                }
            };
            WeightException e =
                    assertThrows(WeightException.class, () -> new SafetensorsWriter(full).write(file, items));
            assertTrue(e.getMessage().contains("No space left on device"), e.getMessage());
            Disk small = new Disk() {
                @Override
                public long usableBytes(Path path) {
                    return 399;
                }
            };
            e = assertThrows(WeightException.class, () -> new SafetensorsWriter(small).write(file, items));
            assertTrue(e.getMessage().contains("399"), e.getMessage());
        }
        assertEquals("the old one", Files.readString(file));
        assertEquals(List.of("model.safetensors"), names());
    }

    @Test
    void aTensorThatIsNotAsDeclaredIsNamed() {
        try (Scope scope = Scope.open("test")) {
            Item wrong = new Item("a", DType.FLOAT32, new long[] {2}, () -> numbers(3, DType.FLOAT32, 3));
            SafetensorsWriter writer = new SafetensorsWriter(Disk.DEFAULT);
            Path file = folder.resolve("x.safetensors");
            WeightException e = assertThrows(WeightException.class, () -> writer.write(file, List.of(wrong)));
            assertTrue(e.getMessage().startsWith("a: declared as [2]"), e.getMessage());
            Item twice = Item.of("b", numbers(3, DType.FLOAT32, 3));
            e = assertThrows(WeightException.class, () -> writer.write(file, List.of(twice, twice)));
            assertTrue(e.getMessage().contains("called b"), e.getMessage());
        }
        assertEquals(List.of(), names());
    }
}
