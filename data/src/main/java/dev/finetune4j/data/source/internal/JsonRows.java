package dev.finetune4j.data.source.internal;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.finetune4j.core.error.DataException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a JSON file: an array of objects, one object per line, or objects one after the other. The extent of each row is
 * found first and its bytes are parsed at once; no more than one row is in memory.
 */
public final class JsonRows implements AutoCloseable {
    private enum Layout {
        ARRAY,
        LINES,
        SEQUENCE
    }

    private final String file;
    private final ByteWindow window;
    private final JsonExtent extent;
    private final Lines lines;
    private final Layout layout;
    private long row;
    private int line;

    /**
     * @param file for messages
     * @param lines whether, unless the file is an array, each row is a line of its own
     */
    public JsonRows(String file, InputStream in, boolean lines) {
        this.file = file;
        this.window = new ByteWindow(file, in);
        this.extent = new JsonExtent(window);
        this.lines = new Lines(file, window);
        if (extent.skipBlanks() && window.bytes[window.position] == '[') {
            window.position++;
            layout = Layout.ARRAY;
        } else {
            layout = lines ? Layout.LINES : Layout.SEQUENCE;
            window.position = lines ? window.mark : window.position;
            this.lines.startAt(extent.line());
        }
    }

    /** The next row, null at the end. */
    public @Nullable Map<String, @Nullable Object> next() {
        return switch (layout) {
            case LINES -> nextLine();
            case SEQUENCE -> extent.skipBlanks() ? here() : null;
            case ARRAY -> nextElement();
        };
    }

    /** Line on which the row begins that {@link #next} gave. */
    public int line() {
        return line;
    }

    private @Nullable Map<String, @Nullable Object> nextLine() {
        while (lines.next()) {
            int from = lines.start();
            while (from < lines.end() && JsonExtent.isBlank(window.bytes[from])) {
                from++;
            }
            if (from < lines.end()) {
                line = lines.number();
                requireObject(from);
                return parse(from, lines.end(), lines.start());
            }
        }
        return null;
    }

    private @Nullable Map<String, @Nullable Object> nextElement() {
        if (!extent.skipBlanks()) {
            throw unfinished("The file ends before the closing bracket of its array");
        }
        byte next = window.bytes[window.position];
        if (next == ']') {
            window.position++;
            if (extent.skipBlanks()) {
                throw malformed(window.position, "something follows the closing bracket of the array", null);
            }
            return null;
        }
        if (row > 0) {
            if (next != ',') {
                throw malformed(window.position, "expected a comma or the closing bracket of the array", null);
            }
            window.position++;
            if (!extent.skipBlanks()) {
                throw unfinished("The file ends behind a comma of its array");
            }
        }
        return here();
    }

    /** The object at the window's position. */
    private Map<String, @Nullable Object> here() {
        line = extent.line();
        window.mark = window.position;
        requireObject(window.position);
        if (!extent.skipObject()) {
            throw malformed(
                    window.position, "lists and objects are nested deeper than " + JsonRow.DEEPEST + " levels", null);
        }
        return parse(window.mark, window.position, window.mark);
    }

    private void requireObject(int at) {
        if (window.bytes[at] != '{') {
            throw malformed(at, "row " + row + " is " + kind(window.bytes[at]) + ", not an object", null);
        }
    }

    private Map<String, @Nullable Object> parse(int from, int to, int shown) {
        window.checkUtf8(from, to, file + ":" + line);
        try {
            Map<String, @Nullable Object> values = JsonRow.parse(window.bytes, from, to);
            row++;
            return values;
        } catch (JsonProcessingException e) {
            long relative =
                    e.getLocation() == null ? 0 : Math.max(0, e.getLocation().getByteOffset());
            int at = (int) Math.min(Math.max(shown, from + relative), Math.max(shown, to - 1L));
            throw malformed(at, e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw window.failure(e);
        }
    }

    private DataException unfinished(String what) {
        return new DataException(file + ":" + extent.line(), what + ". It is cut off; write it again.");
    }

    private DataException malformed(int at, String what, @Nullable Exception cause) {
        int errorLine = line == 0 || layout != Layout.LINES ? extent.line(at) : line;
        int column = extent.column(at, layout == Layout.LINES ? lines.start() : -1);
        return new DataException(
                file + ":" + errorLine,
                "Malformed JSON at column " + column + ": " + what + ". " + expectation() + " Found: "
                        + window.excerpt(at),
                cause);
    }

    private String expectation() {
        return layout == Layout.LINES
                ? "Each line must be one whole object."
                : "Expected an array of objects, or one object per line.";
    }

    private static String kind(byte first) {
        return switch (first) {
            case '"' -> "a text";
            case '[' -> "a list";
            default -> "a plain value";
        };
    }

    @Override
    public void close() {
        window.close();
    }
}
