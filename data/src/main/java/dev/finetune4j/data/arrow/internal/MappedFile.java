package dev.finetune4j.data.arrow.internal;

import dev.finetune4j.core.error.DataException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.TreeMap;

/**
 * A file of any length as little-endian views, mapped in windows of up to a gigabyte when they are first needed. No file
 * stays open, so there is nothing to close. Thread-safe.
 */
final class MappedFile {
    private static final long WINDOW = 1L << 30;

    private final Path path;
    private final String name;
    private final long length;
    private final TreeMap<Long, ByteBuffer> windows = new TreeMap<>();

    /** @param name for messages */
    MappedFile(Path path, String name) {
        this.path = path;
        this.name = name;
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            this.length = channel.size();
        } catch (NoSuchFileException e) {
            throw new DataException(name, "There is no such file (looked for " + path.toAbsolutePath() + ").", e);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /** For messages. */
    String name() {
        return name;
    }

    long length() {
        return length;
    }

    /** @throws DataException if that range is not inside the file or does not fit one view */
    ByteBuffer view(long offset, long size) {
        if (offset < 0 || size < 0 || offset > length - size) {
            throw new DataException(
                    name,
                    "The file ends before byte " + (offset + size) + ", which it refers to; it has " + length
                            + " bytes. It is cut off or damaged.");
        }
        if (size > Integer.MAX_VALUE) {
            throw new DataException(
                    name, "A record batch of " + size + " bytes is larger than 2 GiB. Write it in smaller batches.");
        }
        if (size == 0) {
            return ByteBuffer.allocate(0).order(ByteOrder.LITTLE_ENDIAN);
        }
        return window(offset, size);
    }

    private synchronized ByteBuffer window(long offset, long size) {
        Map.Entry<Long, ByteBuffer> window = windows.floorEntry(offset);
        if (window == null
                || offset + size > window.getKey() + window.getValue().capacity()) {
            long mapped = Math.min(Math.max(size, WINDOW), length - offset);
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
                if (channel.size() != length) {
                    throw new DataException(
                            name, "The file changed while it was read. Keep it as it is until the end.");
                }
                windows.put(offset, channel.map(FileChannel.MapMode.READ_ONLY, offset, mapped));
            } catch (IOException e) {
                throw failure(e);
            }
            window = windows.floorEntry(offset);
        }
        int start = Math.toIntExact(offset - window.getKey());
        return window.getValue().slice(start, (int) size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private DataException failure(IOException e) {
        return new DataException(name, "The file cannot be read: " + e.getMessage() + ".", e);
    }
}
