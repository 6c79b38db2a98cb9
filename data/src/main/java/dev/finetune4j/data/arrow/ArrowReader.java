package dev.finetune4j.data.arrow;

import dev.finetune4j.data.arrow.internal.ArrowBatch;
import dev.finetune4j.data.arrow.internal.ArrowFile;
import dev.finetune4j.data.dataset.Cursor;
import dev.finetune4j.data.dataset.LookaheadCursor;
import dev.finetune4j.data.source.Provenance;
import dev.finetune4j.data.source.RecordReader;
import dev.finetune4j.data.source.Row;
import java.nio.file.Path;
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
    public Cursor<Row> open(Path file, String dataset) {
        return new Rows(file, dataset);
    }

    private static final class Rows extends LookaheadCursor<Row> {
        private final ArrowFile file;
        private final String path;
        private final String dataset;
        private @Nullable ArrowBatch batch;
        private int index;
        private long row;

        Rows(Path path, String dataset) {
            this.file = new ArrowFile(path);
            this.path = path.toString();
            this.dataset = dataset;
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
