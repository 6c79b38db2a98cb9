package dev.finetune4j.data.source;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.type.TypeReference;
import dev.finetune4j.core.error.DataException;
import dev.finetune4j.data.dataset.Cursor;
import dev.finetune4j.data.dataset.LookaheadCursor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A JSON file: an array of objects, a single object, or objects one after the other (JSON lines under another name).
 * Streams; only one row is in memory.
 */
public final class JsonReader implements RecordReader {
    private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};

    @Override
    public String name() {
        return "json";
    }

    @Override
    public Set<String> extensions() {
        return Set.of("json");
    }

    @Override
    public Cursor<Row> open(Path file, String dataset) {
        return new Objects(file, dataset);
    }

    private static final class Objects extends LookaheadCursor<Row> {
        private final Path file;
        private final String dataset;
        private final JsonParser parser;
        private boolean inArray;
        private boolean started;
        private long row;

        Objects(Path file, String dataset) {
            this.file = file;
            this.dataset = dataset;
            try {
                this.parser = JsonText.MAPPER.createParser(Utf8.open(file));
            } catch (IOException e) {
                throw Utf8.failure(file, 0, e);
            }
        }

        @Override
        protected @Nullable Row advance() {
            try {
                JsonToken token = parser.nextToken();
                if (!started) {
                    started = true;
                    inArray = token == JsonToken.START_ARRAY;
                    token = inArray ? parser.nextToken() : token;
                }
                if (inArray && token == JsonToken.END_ARRAY) {
                    refuseMore();
                    return null;
                }
                return token == null ? null : read(token);
            } catch (JsonProcessingException e) {
                throw malformed(e.getOriginalMessage(), e);
            } catch (IOException e) {
                throw Utf8.failure(file, parser.currentLocation().getLineNr(), e);
            }
        }

        private Row read(JsonToken token) throws IOException {
            if (token != JsonToken.START_OBJECT) {
                throw malformed("row " + row + " is " + token + ", not an object", null);
            }
            int line = parser.currentTokenLocation().getLineNr();
            return new Row(parser.readValueAs(OBJECT), new Provenance(dataset, file.toString(), row++, line));
        }

        private void refuseMore() throws IOException {
            if (parser.nextToken() != null) {
                throw malformed("something follows the closing bracket of the array", null);
            }
        }

        private DataException malformed(String what, @Nullable Exception cause) {
            int line = parser.currentLocation().getLineNr();
            int column = parser.currentLocation().getColumnNr();
            return new DataException(
                    file + ":" + line,
                    "Malformed JSON at column " + column + ": " + what
                            + ". Expected an array of objects, or one object per line.",
                    cause);
        }

        @Override
        public void close() {
            try {
                parser.close();
            } catch (IOException e) {
                throw Utf8.failure(file, 0, e);
            }
        }
    }
}
