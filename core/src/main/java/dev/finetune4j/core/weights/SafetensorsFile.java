package dev.finetune4j.core.weights;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.finetune4j.core.error.WeightException;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * One safetensors file, mapped: an 8-byte little-endian header length, a JSON header, then the tensors' bytes.
 *
 * <p>The header is checked whole before anything is mapped, since a lying offset would otherwise become a read outside the
 * file: ranges must lie inside it, must not overlap or leave holes, and must have the size that dtype and shape demand.
 *
 * @see <a href="https://github.com/huggingface/safetensors#format">the format</a>
 */
public final class SafetensorsFile implements WeightSource {
    private static final long LARGEST_HEADER = 100_000_000;
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final Path path;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final Map<String, Range> ranges = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final long dataStart;
    private final Tensor bytes;

    private record Range(String name, long begin, long end) {}

    private SafetensorsFile(Path path) throws IOException {
        this.path = path;
        long size = Files.size(path);
        this.dataStart = readHeader(size);
        checkRanges(size - dataStart);
        this.bytes = map(size);
    }

    /**
     * Opens and checks a file; maps it without reading the tensors.
     *
     * @throws WeightException if the file is missing, truncated, or its header is not what the format demands
     */
    public static SafetensorsFile open(Path path) {
        try {
            return new SafetensorsFile(path);
        } catch (java.nio.file.NoSuchFileException e) {
            throw new WeightException(path + ": there is no such file.", e);
        } catch (IOException e) {
            throw new WeightException(path + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** The file's data, claimed. */
    private Tensor map(long size) {
        try (Scope scope = Scope.open("map")) {
            return Scope.claim(Torch.mapFile(path.toString(), size).narrow(0, dataStart, size - dataStart));
        }
    }

    private long readHeader(long size) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            if (size < 8) {
                throw damaged("it has " + size + " bytes, too few for a header");
            }
            long length = read(channel, 0, 8).getLong();
            if (length < 2 || length > LARGEST_HEADER || length > size - 8) {
                throw damaged("its header claims " + length + " bytes in a file of " + size);
            }
            parse(new String(
                    read(channel, 8, Math.toIntExact(length)).array(), java.nio.charset.StandardCharsets.UTF_8));
            return 8 + length;
        }
    }

    private static ByteBuffer read(FileChannel channel, long position, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        fill(channel, position, buffer);
        return buffer.flip();
    }

    private static void fill(FileChannel channel, long position, ByteBuffer buffer) throws IOException {
        long start = position - buffer.position();
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, start + buffer.position()) < 0) {
                throw new java.io.EOFException("the file ended while it was read");
            }
        }
    }

    private void parse(String header) {
        JsonNode root;
        try {
            root = JSON.readTree(header);
        } catch (JsonProcessingException e) {
            throw damaged("its header is no JSON (" + e.getOriginalMessage() + ")");
        }
        if (!root.isObject()) {
            throw damaged("its header is no JSON object");
        }
        for (Map.Entry<String, JsonNode> field : root.properties()) {
            if (field.getKey().equals("__metadata__")) {
                parseMetadata(field.getValue());
            } else {
                parseEntry(field.getKey(), field.getValue());
            }
        }
    }

    private void parseMetadata(JsonNode node) {
        if (!node.isObject()) {
            throw damaged("its __metadata__ is no object");
        }
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            if (!field.getValue().isTextual()) {
                throw damaged("its __metadata__ holds \"" + field.getKey() + "\", which is no text");
            }
            metadata.put(field.getKey(), field.getValue().asText());
        }
    }

    private void parseEntry(String name, JsonNode node) {
        DType dtype = DType.bySafetensorsName(node.path("dtype").asText());
        if (dtype == null) {
            throw damaged("tensor " + name + " has dtype \""
                    + node.path("dtype").asText() + "\", which is not one this library reads");
        }
        JsonNode offsets = node.path("data_offsets");
        if (!node.path("shape").isArray() || !offsets.isArray() || offsets.size() != 2) {
            throw damaged("tensor " + name + " has no shape or no data_offsets of two numbers");
        }
        long[] shape = new long[node.path("shape").size()];
        long expected = dtype.bytes();
        for (int i = 0; i < shape.length; i++) {
            shape[i] = count(name, "size", node.path("shape").get(i));
            expected = multiply(name, expected, shape[i]);
        }
        Range range = new Range(
                name, count(name, "data_offsets", offsets.get(0)), count(name, "data_offsets", offsets.get(1)));
        if (range.end - range.begin != expected) {
            throw damaged("tensor " + name + " spans bytes " + range.begin + " to " + range.end + ", but "
                    + java.util.Arrays.toString(shape) + " " + dtype.safetensorsName() + " needs " + expected);
        }
        entries.put(name, new Entry(dtype, shape, path.toString()));
        ranges.put(name, range);
    }

    /** A whole number from zero up; anything else would be read as some number by a lenient parser. */
    private long count(String tensor, String what, JsonNode node) {
        if (!node.isIntegralNumber() || !node.canConvertToLong() || node.longValue() < 0) {
            throw damaged("tensor " + tensor + " has the " + what + " " + node + " where a whole number is due");
        }
        return node.longValue();
    }

    private long multiply(String name, long a, long b) {
        try {
            return Math.multiplyExact(a, b);
        } catch (ArithmeticException e) {
            throw damaged("tensor " + name + " has a shape whose size overflows");
        }
    }

    private void checkRanges(long dataBytes) {
        List<Range> sorted = new ArrayList<>(ranges.values());
        sorted.sort(Comparator.comparingLong(Range::begin).thenComparingLong(Range::end));
        long end = 0;
        for (Range range : sorted) {
            if (range.begin != end) {
                throw damaged("tensor " + range.name + " begins at byte " + range.begin + " where " + end
                        + " is due: ranges overlap or leave a hole");
            }
            end = range.end;
        }
        if (end != dataBytes) {
            throw damaged("its header describes " + end + " bytes of tensors, but " + dataBytes
                    + " follow: the file is truncated or has a tail. Copy or download it again");
        }
    }

    private WeightException damaged(String what) {
        return new WeightException(path + ": not a valid safetensors file: " + what + ".");
    }

    public Path path() {
        return path;
    }

    /** The header's {@code __metadata__}. */
    public Map<String, String> metadata() {
        return Map.copyOf(metadata);
    }

    @Override
    public Map<String, Entry> entries() {
        return java.util.Collections.unmodifiableMap(entries);
    }

    @Override
    public Tensor read(String name) {
        Range range = range(name);
        Entry entry = java.util.Objects.requireNonNull(entries.get(name));
        try (Scope scope = Scope.open("read tensor")) {
            if (range.end == range.begin) {
                return scope.keep(Torch.empty(entry.dtype(), Device.CPU, entry.shape()));
            }
            Tensor raw = bytes.narrow(0, range.begin, range.end - range.begin);
            long address = raw.data_ptr().address();
            // A view in another dtype needs an aligned start; headers padded to eight bytes give one, others a copy.
            Tensor aligned = address % entry.dtype().bytes() == 0 ? raw : raw.clone();
            return scope.keep(aligned.view(entry.dtype().scalarType()).view(entry.shape()));
        }
    }

    private Range range(String name) {
        Range range = ranges.get(name);
        if (range == null) {
            throw new WeightException(path + ": holds no tensor " + name + ".");
        }
        return range;
    }

    /** Reads instead of copying from the mapping, whose pages would count as this process's memory beside the copy. */
    @Override
    public void readInto(String name, Tensor target) {
        Range range = range(name);
        Entry entry = java.util.Objects.requireNonNull(entries.get(name));
        FileRange bytes = new FileRange(path, dataStart + range.begin, range.end - range.begin);
        try (Scope scope = Scope.open("read into")) {
            if (FileRange.fills(entry, target)) {
                bytes.readInto(target);
            } else {
                Tensor between = Torch.empty(entry.dtype(), Device.CPU, entry.shape());
                bytes.readInto(between);
                target.copy_(between);
            }
        } catch (IOException e) {
            throw new WeightException(path + ": cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        bytes.close();
    }
}
