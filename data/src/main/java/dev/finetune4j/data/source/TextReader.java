package dev.finetune4j.data.source;

import dev.finetune4j.data.dataset.Cursor;
import dev.finetune4j.data.dataset.LookaheadCursor;
import dev.finetune4j.data.source.internal.Lines;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Plain text: each line is a row with the column {@code text}, without its line end; empty lines are empty rows. */
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
            @Override
            protected @Nullable Row advance() {
                return lines.next()
                        ? new Row(
                                Map.of(COLUMN, lines.text()),
                                new Provenance(dataset, file.name(), lines.number() - 1L, lines.number()))
                        : null;
            }

            @Override
            public void close() {
                lines.close();
            }
        };
    }
}
