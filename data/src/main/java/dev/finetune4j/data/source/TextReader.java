package dev.finetune4j.data.source;

import dev.finetune4j.data.dataset.Cursor;
import dev.finetune4j.data.dataset.LookaheadCursor;
import dev.finetune4j.data.source.internal.Lines;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Plain text: each line is a row with the column {@code text}, without its line end, which may be a line feed, a carriage
 * return, or both; empty lines are empty rows.
 */
public final class TextReader implements RecordReader {
    /** The only column of a text file. */
    public static final String COLUMN = "text";

    @Override
    public String name() {
        return "text";
    }

    @Override
    public Set<String> extensions() {
        return Set.of("txt");
    }

    @Override
    public Cursor<Row> open(DataFile file, String dataset) {
        Lines lines = new Lines(file.name(), file.open());
        return new LookaheadCursor<>() {
            private Iterator<String> waiting = Collections.emptyIterator();
            private int line;

            @Override
            protected @Nullable Row advance() {
                if (!waiting.hasNext()) {
                    if (!lines.next()) {
                        return null;
                    }
                    String text = lines.text();
                    waiting = text.indexOf('\r') < 0
                            ? List.of(text).iterator()
                            : List.of(text.split("\r", -1)).iterator();
                }
                line++;
                return new Row(Map.of(COLUMN, waiting.next()), new Provenance(dataset, file.name(), line - 1L, line));
            }

            @Override
            public void close() {
                lines.close();
            }
        };
    }
}
