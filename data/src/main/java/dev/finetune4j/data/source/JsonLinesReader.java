package dev.finetune4j.data.source;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import dev.finetune4j.core.error.DataException;
import dev.finetune4j.data.dataset.Cursor;
import dev.finetune4j.data.dataset.LookaheadCursor;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One JSON object a line; blank lines are passed over. */
public final class JsonLinesReader implements RecordReader {
    private static final int EXCERPT = 80;
    private static final ObjectReader OBJECTS = JsonText.MAPPER
            .readerFor(new TypeReference<Map<String, Object>>() {})
            .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    @Override
    public String name() {
        return "jsonl";
    }

    @Override
    public Set<String> extensions() {
        return Set.of("jsonl");
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
        private long row;

        Lines(Path file, String dataset) {
            this.file = file;
            this.dataset = dataset;
            this.reader = Utf8.open(file);
        }

        @Override
        protected @Nullable Row advance() {
            try {
                String text = reader.readLine();
                while (text != null) {
                    line++;
                    if (!text.isBlank()) {
                        return parse(text);
                    }
                    text = reader.readLine();
                }
                return null;
            } catch (IOException e) {
                throw Utf8.failure(file, line, e);
            }
        }

        private Row parse(String text) {
            String stripped = text.strip();
            if (stripped.charAt(0) != '{') {
                throw malformed(text, "expected an object, found " + JsonText.kind(stripped.charAt(0)), null);
            }
            try {
                return new Row(OBJECTS.readValue(text), new Provenance(dataset, file.toString(), row++, line));
            } catch (JsonProcessingException e) {
                int column = e.getLocation() == null ? 0 : e.getLocation().getColumnNr();
                throw malformed(text, "column " + column + ": " + e.getOriginalMessage(), e);
            }
        }

        private DataException malformed(String text, String what, @Nullable Exception cause) {
            String excerpt = text.length() <= EXCERPT ? text : text.substring(0, EXCERPT) + "…";
            return new DataException(
                    file + ":" + line,
                    "The line is not a JSON object (" + what + "): " + excerpt + " Each line must be one whole object.",
                    cause);
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
