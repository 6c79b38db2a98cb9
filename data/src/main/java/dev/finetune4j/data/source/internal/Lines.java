package dev.finetune4j.data.source.internal;

/** Lines of a window, one after the other, without their ends. */
public final class Lines implements AutoCloseable {
    private final ByteWindow window;
    private final String file;
    private int number;
    private int end;

    public Lines(String file, java.io.InputStream in) {
        this.window = new ByteWindow(file, in);
        this.file = file;
    }

    Lines(String file, ByteWindow window) {
        this.window = window;
        this.file = file;
    }

    /** The window stands in that line. */
    void startAt(int line) {
        number = line - 1;
    }

    /** Moves to the next line; false at the end. */
    public boolean next() {
        window.mark = window.position;
        if (!window.more()) {
            return false;
        }
        number++;
        boolean ended = window.seek((byte) '\n');
        end = window.position;
        if (ended) {
            window.position++;
        }
        if (end > window.mark && window.bytes[end - 1] == '\r') {
            end--;
        }
        return true;
    }

    /** Number of the line, from 1. */
    public int number() {
        return number;
    }

    /** File and line. */
    public String where() {
        return file + ":" + number;
    }

    int start() {
        return window.mark;
    }

    int end() {
        return end;
    }

    /** @throws dev.finetune4j.core.error.DataException with the byte's offset if the line is not UTF-8 */
    public String text() {
        window.checkUtf8(window.mark, end, where());
        return new String(window.bytes, window.mark, end - window.mark, java.nio.charset.StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        window.close();
    }
}
