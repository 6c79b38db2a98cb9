package dev.finetune4j.core.gguf;

import dev.finetune4j.core.error.WeightException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.Map;

/**
 * One GGUF file of version 2 or 3, little-endian: metadata, a list of tensors, then their bytes. Opening it reads and checks
 * all but the bytes, which are read by position as they are asked for: pages of a mapping would count as this process's
 * memory beside what is made of them. Reading is thread-safe.
 *
 * @see <a href="https://github.com/ggml-org/ggml/blob/master/docs/gguf.md">the format</a>
 */
public final class GgufFile implements AutoCloseable {
    private static final int MAGIC = 0x46554747;
    private static final int BIG_ENDIAN_MAGIC = 0x47475546;
    private static final String ALIGNMENT = "general.alignment";
    private static final long DEFAULT_ALIGNMENT = 32;
    private static final long LARGEST_ALIGNMENT = 1 << 20;

    private final Path path;
    private final FileChannel channel;
    private final GgufMetadata metadata;
    private final Map<String, GgufTensor> tensors;

    private GgufFile(Path path, FileChannel channel) throws IOException {
        this.path = path;
        this.channel = channel;
        long size = channel.size();
        HeaderReader in = new HeaderReader(path, channel, size);
        checkVersion(in, size);
        in.reading("its header");
        int tensorCount = in.count("tensors", TensorTable.leastEntry());
        int keyCount = in.count("metadata entries", MetadataReader.leastEntry());
        this.metadata = GgufMetadata.of(path.toString(), new MetadataReader(in).read(keyCount));
        this.tensors = Collections.unmodifiableMap(new TensorTable(in, size).read(tensorCount, alignment(in)));
    }

    /**
     * Opens and checks a file.
     *
     * @throws WeightException if the file is missing or truncated, of another version, not what the format demands, or holds
     *     a tensor of a type that cannot be read
     */
    public static GgufFile open(Path path) {
        FileChannel channel = null;
        try {
            channel = FileChannel.open(path, StandardOpenOption.READ);
            return new GgufFile(path, channel);
        } catch (NoSuchFileException e) {
            throw new WeightException(path + ": there is no such file.", e);
        } catch (IOException e) {
            close(channel);
            throw new WeightException(path + ": cannot be read: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            close(channel);
            throw e;
        }
    }

    /** Whether a path is a file that begins or is named as GGUF files do. */
    public static boolean isGguf(Path path) {
        if (!Files.isRegularFile(path)) {
            return false;
        }
        if (path.getFileName().toString().toLowerCase(java.util.Locale.ROOT).endsWith(".gguf")) {
            return true;
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            ByteBuffer begin = ByteBuffer.allocate(4).order(java.nio.ByteOrder.LITTLE_ENDIAN);
            return channel.read(begin) == 4 && begin.getInt(0) == MAGIC;
        } catch (IOException e) {
            throw new WeightException(path + ": cannot be read: " + e.getMessage(), e);
        }
    }

    private static void close(@org.jspecify.annotations.Nullable FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            throw new WeightException("A file that was only read cannot be closed: " + e.getMessage(), e);
        }
    }

    private static void checkVersion(HeaderReader in, long size) throws IOException {
        if (size < 24) {
            throw in.damaged("it has " + size + " bytes, too few for a header");
        }
        int magic = in.i32();
        int version = in.i32();
        if (magic != MAGIC && magic != BIG_ENDIAN_MAGIC) {
            throw in.damaged(
                    "it does not begin with \"GGUF\". Give the path of a model that was converted for llama.cpp, "
                            + "or a folder with config.json and safetensors");
        }
        if (magic == BIG_ENDIAN_MAGIC || version != 0 && (version & 0xFFFF) == 0) {
            throw in.damaged("it is big-endian. Take the little-endian file of the model");
        }
        if (version != 2 && version != 3) {
            throw in.damaged("it has version " + Integer.toUnsignedString(version)
                    + ", and this library reads 2 and 3. "
                    + (version == 1 ? "Convert the model again" : "The file is damaged, or newer than this library"));
        }
    }

    private long alignment(HeaderReader in) {
        long alignment = metadata.integer(ALIGNMENT, DEFAULT_ALIGNMENT);
        if (alignment <= 0 || alignment > LARGEST_ALIGNMENT || Long.bitCount(alignment) != 1) {
            throw in.damaged("its " + ALIGNMENT + " is " + alignment + ", where a power of two up to "
                    + LARGEST_ALIGNMENT + " is due");
        }
        return alignment;
    }

    public Path path() {
        return path;
    }

    public GgufMetadata metadata() {
        return metadata;
    }

    /** All tensors by their names in the file, in file order. */
    public Map<String, GgufTensor> tensors() {
        return tensors;
    }

    /**
     * Fills what remains of a buffer with the bytes from {@code position} on.
     *
     * @throws WeightException if the file cannot be read, or was shortened since it was opened
     */
    void read(long position, ByteBuffer target) {
        try {
            long start = position - target.position();
            while (target.hasRemaining()) {
                if (channel.read(target, start + target.position()) < 0) {
                    throw new EOFException("it was shortened while it was read");
                }
            }
        } catch (IOException e) {
            throw new WeightException(path + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** A small tensor, widened to fp32. */
    float[] floats(GgufTensor tensor) {
        byte[] stored = new byte[Math.toIntExact(tensor.bytes())];
        read(tensor.position(), ByteBuffer.wrap(stored));
        float[] values = new float[Math.toIntExact(tensor.elements())];
        tensor.type().widen(stored, values.length / tensor.type().elements(), values);
        return values;
    }

    @Override
    public void close() {
        close(channel);
    }
}
