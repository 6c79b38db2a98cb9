package dev.finetune4j.data.arrow;

import dev.finetune4j.data.arrow.internal.ArrowBatch;
import dev.finetune4j.data.arrow.internal.ArrowFile;
import dev.finetune4j.data.dataset.Cursor;
import dev.finetune4j.data.dataset.LookaheadCursor;
import dev.finetune4j.data.source.DataFile;
import dev.finetune4j.data.source.Provenance;
import dev.finetune4j.data.source.RecordReader;
import dev.finetune4j.data.source.Row;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Rows of one Arrow file, stream or random-access, batch after batch. */
public final class ArrowReader implements RecordReader {
    @Override
    public String name() {
        return "arrow";
    }

    @Override
    public Set<String> extensions() {
        return Set.of("arrow");
    }

    @Override
    public Cursor<Row> open(DataFile file, String dataset) {
        return new Rows(file, dataset);
    }

    private static final class Rows extends LookaheadCursor<Row> {
        private final DataFile.Local local;
        private final ArrowFile file;
        private final String path;
        private final String dataset;
        private @Nullable ArrowBatch batch;
        private int index;
        private long row;

        Rows(DataFile file, String dataset) {
            this.local = file.local();
            this.path = file.name();
            this.dataset = dataset;
            try {
                this.file = new ArrowFile(local.path(), path);
            } catch (RuntimeException e) {
                local.close();
                throw e;
            }
        }

        @Override
        public void close() {
            local.close();
        }

        @Override
        protected @Nullable Row advance() {
            while (batch == null || index == batch.rows()) {
                if (!file.hasNext()) {
                    return null;
                }
                batch = file.next();
                index = 0;
            }
            return new Row(ArrowTable.values(file.schema(), batch, index++), new Provenance(dataset, path, row++, 0));
        }
    }
}
