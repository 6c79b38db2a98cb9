package dev.finetune4j.data.source.internal;

/**
 * Finds where a JSON object ends, without understanding it: brackets are matched outside of texts. Where the text cannot be
 * JSON the extent ends early, and the parser says what is wrong. Counts lines on the way.
 */
final class JsonExtent {
    private final ByteWindow window;
    private final boolean[] lists = new boolean[JsonRow.DEEPEST + 1];
    private int line = 1;
    private long lineStart;

    JsonExtent(ByteWindow window) {
        this.window = window;
        this.lineStart = window.offsetOf(window.position);
    }

    static boolean isBlank(byte b) {
        return b == ' ' || b == '\n' || b == '\r' || b == '\t';
    }

    /** Moves to the next byte that is not blank; false at the end. The mark follows to where that line begins. */
    boolean skipBlanks() {
        window.mark = window.position;
        while (true) {
            if (!window.more()) {
                return false;
            }
            byte b = window.bytes[window.position];
            if (!isBlank(b)) {
                return true;
            }
            window.position++;
            countLine(b);
            if (b == '\n') {
                window.mark = window.position;
            }
        }
    }

    private void countLine(byte b) {
        if (b == '\n') {
            line++;
            lineStart = window.offsetOf(window.position);
        }
    }

    /** Moves behind the object at the window's position, as far as it is one; false where it is nested too deeply. */
    boolean skipObject() {
        int depth = 0;
        while (window.more()) {
            byte b = window.bytes[window.position++];
            if (b == '"') {
                if (!skipText()) {
                    return true;
                }
            } else if (b == '{' || b == '[') {
                if (depth == JsonRow.DEEPEST) {
                    return false;
                }
                lists[depth++] = b == '[';
            } else if (b == '}' || b == ']') {
                depth--;
                if (depth == 0 || lists[depth] != (b == ']')) {
                    return true;
                }
            } else {
                countLine(b);
            }
        }
        return true;
    }

    /** Moves behind the closing quote; false where the line or the file ends before it. */
    private boolean skipText() {
        while (window.more()) {
            byte[] bytes = window.bytes;
            int at = window.position;
            int limit = window.limit;
            byte b = bytes[at];
            while (b != '"' && b != '\\' && b != '\n' && ++at < limit) {
                b = bytes[at];
            }
            window.position = at;
            if (at == limit) {
                continue;
            }
            window.position++;
            if (b == '"') {
                return true;
            }
            if (b == '\n') {
                return false;
            }
            // What follows a backslash is part of the text.
            if (window.more()) {
                window.position++;
            }
        }
        return false;
    }

    /** Line of the window's position. */
    int line() {
        return line;
    }

    /** Line of a place before the window's position, or at it. */
    int line(int place) {
        int lines = line;
        for (int i = place; i < window.position; i++) {
            if (window.bytes[i] == '\n' && window.offsetOf(i) < lineStart) {
                lines--;
            }
        }
        return lines;
    }

    /**
     * Column of a place, from 1, in characters as far as the window holds the line, in bytes before that.
     *
     * @param start of the line in the window, negative where it has to be found
     */
    int column(int place, int start) {
        int from = Math.max(start, 0);
        for (int i = place; start < 0 && i > 0; i--) {
            if (window.bytes[i - 1] == '\n') {
                from = i;
                break;
            }
        }
        long before = start < 0 && from == 0 ? Math.max(0, window.offsetOf(0) - lineStart) : 0;
        int characters = 0;
        for (int i = from; i < place; i++) {
            characters += (window.bytes[i] & 0xc0) == 0x80 ? 0 : 1;
        }
        return (int) Math.min(Integer.MAX_VALUE, before + characters + 1);
    }
}
