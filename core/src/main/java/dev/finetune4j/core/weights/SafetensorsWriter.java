package dev.finetune4j.core.weights;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.core.error.WeightException;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Scope;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.Tensor;

/**
 * Writes safetensors files, one tensor in memory at a time. A file appears under its name when it is complete and on the
 * device, and not before. Confined to the thread that owns the tensors.
 *
 * @see <a href="https://github.com/huggingface/safetensors#format">the format</a>
 */
public final class SafetensorsWriter {
    private static final int CHUNK = 1 << 26;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Disk disk;
    private final Map<String, String> metadata;

    /**
     * One tensor to write.
     *
     * @param name its name in the file
     * @param dtype stored element type
     * @param shape sizes, outermost first
     * @param tensor makes it when its turn comes, in a scope that closes after; must have dtype and shape as declared
     */
    public record Item(String name, DType dtype, long[] shape, Supplier<Tensor> tensor) {
        /** A parameter under its own name as it is. */
        public static Item of(Parameter parameter) {
            return new Item(parameter.name(), parameter.dtype(), parameter.shape(), parameter::value);
        }

        /** A tensor that exists already. */
        public static Item of(String name, Tensor tensor) {
            return new Item(name, DType.of(tensor), tensor.shape(), () -> tensor);
        }

        public long elements() {
            long product = 1;
            for (long size : shape) {
                product *= size;
            }
            return product;
        }

        public long bytes() {
            return elements() * dtype.bytes();
        }
    }

    public SafetensorsWriter(Disk disk, Map<String, String> metadata) {
        this.disk = disk;
        this.metadata = new java.util.TreeMap<>(metadata);
    }

    /** Writes with the metadata that Hugging Face's loaders ask for. */
    public SafetensorsWriter(Disk disk) {
        this(disk, Map.of("format", "pt"));
    }

    /**
     * Writes one file.
     *
     * @throws WeightException if it cannot be written; then no file of that name was made or changed
     */
    public void write(Path file, List<Item> items) {
        writeAll(Map.of(file, items), Disk.folderOf(file));
    }

    /**
     * Writes a model folder's weights: {@code stem.safetensors}, or, if they exceed the limit, numbered shards with
     * {@code stem.safetensors.index.json}. Weight files of an earlier write with the same stem are removed in the end.
     *
     * @param maxShardBytes largest size of one file; a tensor larger than this gets a file of its own
     */
    public void writeSharded(Path folder, String stem, List<Item> items, long maxShardBytes) {
        List<List<Item>> shards = shards(items, maxShardBytes);
        Map<Path, List<Item>> files = new LinkedHashMap<>();
        for (int i = 0; i < shards.size(); i++) {
            files.put(folder.resolve(fileName(stem, i + 1, shards.size())), shards.get(i));
        }
        writeAll(files, folder);
        Path index = folder.resolve(stem + ".safetensors.index.json");
        try {
            if (shards.size() > 1) {
                disk.replace(index, index(files));
            }
            removeOthers(folder, stem, files.keySet(), shards.size() > 1);
        } catch (IOException e) {
            throw new WeightException(index + ": cannot be written: " + reason(e), e);
        }
    }

    private static String fileName(String stem, int number, int count) {
        return count == 1
                ? stem + ".safetensors"
                : String.format(java.util.Locale.ROOT, "%s-%05d-of-%05d.safetensors", stem, number, count);
    }

    private static List<List<Item>> shards(List<Item> items, long limit) {
        List<List<Item>> shards = new ArrayList<>();
        List<Item> current = new ArrayList<>();
        long bytes = 0;
        for (Item item : items) {
            if (!current.isEmpty() && bytes + item.bytes() > limit) {
                shards.add(current);
                current = new ArrayList<>();
                bytes = 0;
            }
            current.add(item);
            bytes += item.bytes();
        }
        shards.add(current);
        return shards;
    }

    private static byte[] index(Map<Path, List<Item>> files) throws IOException {
        ObjectNode root = JSON.createObjectNode();
        ObjectNode totals = root.putObject("metadata");
        long elements = 0;
        long bytes = 0;
        Map<String, String> map = new java.util.TreeMap<>();
        for (Map.Entry<Path, List<Item>> file : files.entrySet()) {
            for (Item item : file.getValue()) {
                elements += item.elements();
                bytes += item.bytes();
                map.put(item.name(), file.getKey().getFileName().toString());
            }
        }
        totals.put("total_parameters", elements).put("total_size", bytes);
        root.set("weight_map", JSON.valueToTree(map));
        return (JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private void removeOthers(Path folder, String stem, Set<Path> written, boolean sharded) throws IOException {
        String pattern = java.util.regex.Pattern.quote(stem) + "(-\\d{5}-of-\\d{5})?\\.safetensors";
        List<Path> stale = new ArrayList<>();
        try (java.util.stream.Stream<Path> files = java.nio.file.Files.list(folder)) {
            files.filter(f -> f.getFileName().toString().matches(pattern) && !written.contains(f))
                    .forEach(stale::add);
        }
        if (!sharded) {
            stale.add(folder.resolve(stem + ".safetensors.index.json"));
        }
        for (Path file : stale) {
            disk.remove(file);
        }
    }

    private void writeAll(Map<Path, List<Item>> files, Path folder) {
        checkNames(files.values());
        checkSpace(files, folder);
        Path current = folder;
        try {
            for (Map.Entry<Path, List<Item>> file : files.entrySet()) {
                current = file.getKey();
                stream(Disk.unfinished(current), file.getValue());
            }
            for (Path file : files.keySet()) {
                current = file;
                disk.move(Disk.unfinished(file), file);
            }
        } catch (IOException e) {
            throw new WeightException(
                    current + ": cannot be written: " + reason(e) + ". No weight file was changed; free space or choose"
                            + " another output folder and save again.",
                    e);
        } finally {
            files.keySet().forEach(this::discard);
        }
    }

    /** Takes away what a failed write left; after a good one there is nothing. */
    private void discard(Path file) {
        try {
            disk.remove(Disk.unfinished(file));
        } catch (IOException e) {
            org.slf4j.LoggerFactory.getLogger(SafetensorsWriter.class)
                    .warn(
                            "{} is left over from a failed write and could not be deleted: {}",
                            Disk.unfinished(file),
                            e.getMessage());
        }
    }

    private static void checkNames(Iterable<List<Item>> files) {
        Set<String> names = new HashSet<>();
        for (List<Item> items : files) {
            for (Item item : items) {
                if (!names.add(item.name())) {
                    throw new WeightException("Two tensors to be written are called " + item.name() + ".");
                }
            }
        }
    }

    private void checkSpace(Map<Path, List<Item>> files, Path folder) {
        long needed = files.values().stream()
                .flatMap(List::stream)
                .mapToLong(i -> i.bytes() + 200 + i.name().length())
                .sum();
        try {
            long usable = disk.usableBytes(folder);
            if (usable < needed) {
                throw new WeightException(folder + ": the weights need " + needed + " bytes, but the disk has " + usable
                        + " left. Nothing was written; free space or choose another output folder.");
            }
        } catch (IOException e) {
            throw new WeightException(folder + ": cannot be written to: " + reason(e), e);
        }
    }

    private static String reason(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private void stream(Path file, List<Item> items) throws IOException {
        // Widest elements first keeps every tensor aligned to its element size, so readers can map it without a copy.
        List<Item> ordered = new ArrayList<>(items);
        ordered.sort(Comparator.comparingInt((Item i) -> i.dtype().bytes()).reversed());
        try (Disk.Output output = disk.create(file)) {
            output.write(header(ordered));
            for (Item item : ordered) {
                writeTensor(output, item);
            }
        }
    }

    private ByteBuffer header(List<Item> items) throws IOException {
        ObjectNode root = JSON.createObjectNode();
        root.set("__metadata__", JSON.valueToTree(metadata));
        long offset = 0;
        for (Item item : items) {
            ObjectNode entry =
                    root.putObject(item.name()).put("dtype", item.dtype().safetensorsName());
            ArrayNode shape = entry.putArray("shape");
            Arrays.stream(item.shape()).forEach(shape::add);
            entry.putArray("data_offsets").add(offset).add(offset + item.bytes());
            offset += item.bytes();
        }
        byte[] text = JSON.writeValueAsBytes(root);
        int padded = (text.length + 7) / 8 * 8;
        ByteBuffer buffer = ByteBuffer.allocate(8 + padded).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putLong(padded).put(text);
        while (buffer.hasRemaining()) {
            buffer.put((byte) ' ');
        }
        return buffer.flip();
    }

    private static void writeTensor(Disk.Output output, Item item) throws IOException {
        try (Scope scope = Scope.open("write " + item.name())) {
            Tensor tensor = item.tensor().get();
            if (DType.of(tensor) != item.dtype() || !Arrays.equals(tensor.shape(), item.shape())) {
                throw new WeightException(item.name() + ": declared as " + Arrays.toString(item.shape()) + " "
                        + item.dtype() + ", is " + Arrays.toString(tensor.shape()) + " " + DType.of(tensor) + ".");
            }
            Tensor plain = tensor.cpu().contiguous();
            long bytes = item.bytes();
            BytePointer pointer = new BytePointer(plain.data_ptr());
            for (long from = 0; from < bytes; from += CHUNK) {
                long to = Math.min(bytes, from + CHUNK);
                output.write(pointer.limit(to).position(from).asByteBuffer());
            }
        }
    }
}
