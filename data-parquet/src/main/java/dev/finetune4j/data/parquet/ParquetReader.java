package dev.finetune4j.data.parquet;

import com.jerolba.carpet.CarpetReader;
import com.jerolba.carpet.CloseableIterator;
import com.jerolba.carpet.io.FileSystemInputFile;
import dev.finetune4j.core.error.DataException;
import dev.finetune4j.data.dataset.Cursor;
import dev.finetune4j.data.dataset.LookaheadCursor;
import dev.finetune4j.data.source.DataFile;
import dev.finetune4j.data.source.Provenance;
import dev.finetune4j.data.source.RecordReader;
import dev.finetune4j.data.source.Row;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.schema.MessageType;
import org.jspecify.annotations.Nullable;

/** Rows of a Parquet file; one row group is in memory at a time. */
public final class ParquetReader implements RecordReader {
    @Override
    public String name() {
        return "parquet";
    }

    @Override
    public Set<String> extensions() {
        return Set.of("parquet");
    }

    @Override
    public Cursor<Row> open(DataFile file, String dataset) {
        return new Rows(file, dataset);
    }

    private static final class Rows extends LookaheadCursor<Row> {
        private final String name;
        private final String dataset;
        private final DataFile.Local local;
        private final MessageType schema;
        private final CloseableIterator<?> rows;
        private long row;

        Rows(DataFile file, String dataset) {
            this.name = file.name();
            this.dataset = dataset;
            this.local = file.local();
            try {
                InputFile input = input(local);
                try (ParquetFileReader footer = ParquetFileReader.open(input)) {
                    this.schema = footer.getFileMetaData().getSchema();
                }
                this.rows = new CarpetReader<>(input, Map.class).iterator();
            } catch (IOException e) {
                local.close();
                throw failure(e);
            } catch (DataException e) {
                local.close();
                throw e;
            } catch (RuntimeException | LinkageError e) {
                local.close();
                throw failure(e);
            }
        }

        private InputFile input(DataFile.Local file) {
            if (!java.nio.file.Files.isRegularFile(file.path())) {
                throw new DataException(
                        name, "There is no such file (looked for " + file.path().toAbsolutePath() + ").");
            }
            return new FileSystemInputFile(file.path().toFile());
        }

        @Override
        protected @Nullable Row advance() {
            try {
                if (!rows.hasNext()) {
                    return null;
                }
                if (!(rows.next() instanceof Map<?, ?> map)) {
                    throw new DataException(name, "Row " + row + " is no record.");
                }
                return new Row(PlainValues.map(map, schema), new Provenance(dataset, name, row++, 0));
            } catch (DataException e) {
                throw e;
            } catch (RuntimeException | LinkageError e) {
                throw failure(e);
            }
        }

        /** The library throws what it comes across, from wrapped I/O errors to index errors on a damaged file. */
        private DataException failure(Throwable e) {
            Throwable deepest = e;
            while (deepest.getCause() != null && deepest.getCause() != deepest) {
                deepest = deepest.getCause();
            }
            String reason = deepest.getMessage() == null ? deepest.getClass().getSimpleName() : deepest.getMessage();
            return new DataException(
                    name + " row " + row,
                    "The Parquet file cannot be read: " + reason
                            + ". It is damaged, or compressed in another way than snappy, zstd, gzip or LZ4.",
                    e);
        }

        @Override
        public void close() {
            try (local) {
                rows.close();
            } catch (IOException e) {
                throw failure(e);
            }
        }
    }
}
