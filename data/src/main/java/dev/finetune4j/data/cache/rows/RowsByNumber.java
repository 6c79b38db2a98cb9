package dev.finetune4j.data.cache.rows;

import dev.finetune4j.core.error.DataException;
import dev.finetune4j.data.dataset.Cursor;
import dev.finetune4j.data.dataset.Dataset;
import dev.finetune4j.data.format.Reading;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/**
 * All rows of a data set by their number: in memory while they are few, in a temporary file from there on. Rows with media,
 * which hold what the data holds, stay in memory. Immutable once read, and thread-safe.
 */
public final class RowsByNumber extends AbstractList<Reading> implements RandomAccess {
    /** Rows that may stay in memory. */
    private static final int IN_MEMORY = 20_000;

    private static final int BUFFER = 1 << 20;

    private final int most;
    private final List<Reading> held = new ArrayList<>();
    private final Map<Integer, Reading> withMedia = new HashMap<>();
    private final ByteBuffer waiting = ByteBuffer.allocate(BUFFER);
    private long[] ends = new long[0];
    private int count;
    private long written;
    private @Nullable FileChannel file;

    private RowsByNumber(int most) {
        this.most = most;
    }

    /** Reads a data set to its end. */
    public static RowsByNumber of(Dataset<Reading> rows) {
        return of(rows, IN_MEMORY);
    }

    static RowsByNumber of(Dataset<Reading> rows, int most) {
        RowsByNumber all = new RowsByNumber(most);
        try (Cursor<Reading> cursor = rows.iterator()) {
            while (cursor.hasNext()) {
                all.append(cursor.next());
            }
            all.flush();
        } catch (IOException e) {
            throw new DataException(
                    System.getProperty("java.io.tmpdir"),
                    "The rows are too many for memory, and the temporary folder cannot be written: " + e.getMessage()
                            + ". Make room there, or set -Djava.io.tmpdir to a folder that has some.",
                    e);
        }
        return all;
    }

    private void append(Reading reading) throws IOException {
        if (file == null && count < most) {
            held.add(reading);
            count++;
            return;
        }
        if (file == null) {
            Path path = Files.createTempFile("finetune4j-rows-", ".bin");
            // The name goes with the channel, and on most systems at once.
            file = FileChannel.open(
                    path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
            count = 0;
            for (Reading early : held) {
                write(early);
            }
            held.clear();
        }
        write(reading);
    }

    private void write(Reading reading) throws IOException {
        if (ReadingCodec.fits(reading)) {
            byte[] bytes = ReadingCodec.bytes(reading);
            if (bytes.length > waiting.remaining()) {
                flush();
            }
            if (bytes.length > waiting.capacity()) {
                put(ByteBuffer.wrap(bytes));
            } else {
                waiting.put(bytes);
            }
            written += bytes.length;
        } else {
            withMedia.put(count, reading);
        }
        if (count == ends.length) {
            ends = Arrays.copyOf(ends, Math.max(BUFFER / Long.BYTES, ends.length * 2));
        }
        ends[count++] = written;
    }

    private void flush() throws IOException {
        waiting.flip();
        put(waiting);
        waiting.clear();
    }

    private void put(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            if (file == null) {
                throw new IllegalStateException("bytes without a file");
            }
            file.write(bytes);
        }
    }

    @Override
    public int size() {
        return count;
    }

    @Override
    public Reading get(int index) {
        if (file == null) {
            return held.get(index);
        }
        Reading kept = withMedia.get(Objects.checkIndex(index, count));
        return kept == null ? read(index, file) : kept;
    }

    private Reading read(int index, FileChannel from) {
        long start = index == 0 ? 0 : ends[index - 1];
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(ends[index] - start));
        try {
            while (bytes.hasRemaining()) {
                if (from.read(bytes, start + bytes.position()) < 0) {
                    throw new IOException("it ends early");
                }
            }
        } catch (IOException e) {
            throw new DataException("temporary file of rows", "It cannot be read: " + e.getMessage() + ".", e);
        }
        return ReadingCodec.reading(bytes.array());
    }
}
