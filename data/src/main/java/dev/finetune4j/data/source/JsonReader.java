package dev.finetune4j.data.source;

import dev.finetune4j.data.dataset.Cursor;
import dev.finetune4j.data.dataset.LookaheadCursor;
import dev.finetune4j.data.source.internal.JsonRows;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * JSON: an array of objects, a single object, or objects one after the other; where the extension is {@code jsonl} and the
 * file is no array, one object a line. A key that stands twice in an object, text that is not UTF-8, and rows beyond
 * 256 MiB or 500 levels are refused.
 */
public final class JsonReader implements RecordReader {
    private static final String LINES = "jsonl";

    @Override
    public String name() {
        return "json";
    }

    @Override
    public Set<String> extensions() {
        return Set.of("json", LINES);
    }

    @Override
    public Cursor<Row> open(DataFile file, String dataset) {
        JsonRows rows = new JsonRows(file.name(), file.open(), file.extension().equals(LINES));
        return new LookaheadCursor<>() {
            private long number;

            @Override
            protected @Nullable Row advance() {
                Map<String, @Nullable Object> values = rows.next();
                return values == null
                        ? null
                        : new Row(values, new Provenance(dataset, file.name(), number++, rows.line()));
            }

            @Override
            public void close() {
                rows.close();
            }
        };
    }
}
