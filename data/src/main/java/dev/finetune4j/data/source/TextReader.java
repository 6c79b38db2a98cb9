package dev.finetune4j.data.source;

import dev.finetune4j.data.dataset.Cursor;
import dev.finetune4j.data.dataset.LookaheadCursor;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
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
    public Cursor<Row> open(Path file, String dataset) {
        return new Lines(file, dataset);
    }

    private static final class Lines extends LookaheadCursor<Row> {
        private final Path file;
        private final String dataset;
        private final BufferedReader reader;
        private int line;

        Lines(Path file, String dataset) {
            this.file = file;
            this.dataset = dataset;
            this.reader = Utf8.open(file);
        }

        @Override
        protected @Nullable Row advance() {
            try {
                String text = reader.readLine();
                if (text == null) {
                    return null;
                }
                line++;
                return new Row(Map.of(COLUMN, text), new Provenance(dataset, file.toString(), line - 1L, line));
            } catch (IOException e) {
                throw Utf8.failure(file, line, e);
            }
        }

        @Override
        public void close() {
            try {
                reader.close();
            } catch (IOException e) {
                throw Utf8.failure(file, line, e);
            }
        }
    }
}
