package dev.finetune4j.data.arrow;

import dev.finetune4j.core.error.DataException;
import dev.finetune4j.core.weights.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Writes one table into a folder as {@code save_to_disk} does: shards of record batches, {@code state.json} and {@code
 * dataset_info.json}. Memory holds one batch. Nothing has its final name before {@link #finish}, and {@code state.json},
 * without which the folder is no table, appears last; closing an unfinished writer removes what it wrote. Not thread-safe.
 */
public final class ArrowShardWriter implements AutoCloseable {
    /**
     * @param batchRows most rows of a record batch
     * @param shardBytes a file that has reached this length is the last to take another batch
     * @param metadata noted in the schema of every file, see {@link ArrowTable#metadata}
     */
    public record Options(int batchRows, long shardBytes, Map<String, String> metadata) {
        /** As in {@code datasets}: 1000 rows and 500 MB. */
        public static final Options DEFAULTS = new Options(1000, 500_000_000, Map.of());

        public Options {
            metadata = Map.copyOf(metadata);
            if (batchRows < 1 || shardBytes < 1) {
                throw new IllegalArgumentException("a batch has at least one row, a shard at least one byte");
            }
        }

        public Options withMetadata(Map<String, String> noted) {
            return new Options(batchRows, shardBytes, noted);
        }
    }

    /** A batch is written early where its values take this much. */
    private static final long BATCH_BYTES = 1L << 22;

    private final Path folder;
    private final @Nullable String split;
    private final List<ArrowColumn> columns;
    private final Options options;
    private final Disk disk;
    private final List<ColumnBuffer> buffers = new ArrayList<>();
    private final List<Path> shards = new ArrayList<>();
    private final CRC32 checksum = new CRC32();
    private final CRC32C secondChecksum = new CRC32C();
    private Disk.@Nullable Output shard;
    private long shardBytes;
    private int waiting;
    private long rows;
    private boolean finished;

    /** @param split noted in the state; null for a table that is not one of several */
    ArrowShardWriter(Path folder, @Nullable String split, List<ArrowColumn> columns, Options options, Disk disk) {
        this.folder = folder;
        this.split = split;
        this.columns = List.copyOf(columns);
        this.options = options;
        this.disk = disk;
        columns.forEach(column -> buffers.add(new ColumnBuffer(column)));
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw failure(e);
        }
        openShard();
    }

    /** Writes into a folder, which is made where there is none and must not hold a table yet. */
    public static ArrowShardWriter open(Path folder, List<ArrowColumn> columns, Options options) {
        if (ArrowFolder.is(folder)) {
            throw new DataException(folder.toString(), "There is a table already. Choose another folder.");
        }
        return new ArrowShardWriter(folder, null, columns, options, Disk.DEFAULT);
    }

    /**
     * Adds a row.
     *
     * @param values one a column, of the class that {@link ArrowColumn.Type} says
     * @throws DataException if a value does not fit; the row is then left out as a whole
     */
    public void append(@Nullable Object... values) {
        if (values.length != columns.size()) {
            throw new DataException(
                    folder.toString(),
                    values.length + " values for " + columns.size() + " columns. Give one for each.");
        }
        for (int i = 0; i < values.length; i++) {
            buffers.get(i).check(values[i]);
        }
        for (int i = 0; i < values.length; i++) {
            buffers.get(i).append(values[i]);
        }
        rows++;
        waiting++;
        if (waiting == options.batchRows()
                || buffers.stream().mapToLong(ColumnBuffer::size).sum() >= BATCH_BYTES) {
            flush();
        }
    }

    /** Rows added so far. */
    public long rows() {
        return rows;
    }

    private void flush() {
        if (waiting == 0) {
            return;
        }
        if (shardBytes >= options.shardBytes()) {
            closeShard();
            openShard();
        }
        BatchLayout layout = new BatchLayout();
        buffers.forEach(buffer -> buffer.lay(layout));
        put(MessageBytes.batch(waiting, layout));
        for (BatchLayout.Place place : layout.places()) {
            int length = place.bytes().remaining();
            put(place.bytes());
            put(ByteBuffer.allocate((int) (BatchLayout.aligned(length) - length)));
        }
        buffers.forEach(ColumnBuffer::clear);
        waiting = 0;
    }

    private void openShard() {
        Path file = folder.resolve(String.format(Locale.ROOT, "data-%05d.arrow" + Disk.UNFINISHED, shards.size()));
        try {
            shard = disk.create(file);
        } catch (IOException e) {
            throw failure(e);
        }
        shards.add(file);
        shardBytes = 0;
        Map<String, String> metadata = new LinkedHashMap<>(options.metadata());
        metadata.put(DatasetSheets.FEATURES_KEY, DatasetSheets.schemaMetadata(columns));
        put(MessageBytes.schema(columns, metadata));
    }

    private void closeShard() {
        put(MessageBytes.end());
        Disk.Output open = shard;
        shard = null;
        if (open != null) {
            close(open);
        }
    }

    private void close(Disk.Output open) {
        try {
            open.close();
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private void put(ByteBuffer bytes) {
        Disk.Output open = shard;
        if (open == null) {
            throw new IllegalStateException("the table is finished");
        }
        checksum.update(bytes.duplicate());
        secondChecksum.update(bytes.duplicate());
        shardBytes += bytes.remaining();
        try {
            open.write(bytes);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /** Writes what is left and gives the files their names. */
    public void finish() {
        flush();
        closeShard();
        List<String> names = new ArrayList<>();
        try {
            for (int i = 0; i < shards.size(); i++) {
                String name = String.format(Locale.ROOT, "data-%05d-of-%05d.arrow", i, shards.size());
                disk.move(shards.get(i), folder.resolve(name));
                shards.set(i, folder.resolve(name));
                names.add(name);
            }
            disk.replace(folder.resolve(ArrowFolder.INFO), DatasetSheets.info(columns));
            disk.replace(folder.resolve(ArrowFolder.STATE), DatasetSheets.state(names, fingerprint(), split));
        } catch (IOException e) {
            throw failure(e);
        }
        finished = true;
    }

    /** Sixteen hexadecimal digits that follow from the content. */
    private String fingerprint() {
        return String.format(Locale.ROOT, "%08x%08x", checksum.getValue(), secondChecksum.getValue());
    }

    @Override
    public void close() {
        Disk.Output open = shard;
        shard = null;
        if (open != null) {
            close(open);
        }
        if (!finished) {
            finished = true;
            try {
                for (Path file : shards) {
                    Files.deleteIfExists(file);
                }
                Files.deleteIfExists(folder.resolve(ArrowFolder.INFO));
            } catch (IOException e) {
                throw failure(e);
            }
        }
    }

    private DataException failure(IOException e) {
        return new DataException(folder.toString(), "The table cannot be written: " + e.getMessage() + ".", e);
    }
}
