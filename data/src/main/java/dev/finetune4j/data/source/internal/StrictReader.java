package dev.finetune4j.data.source.internal;

import java.io.InputStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;

/** The characters of a stream, for parsers that take characters; text that is not UTF-8 is refused with its place. */
public final class StrictReader extends Reader {
    private static final int BLOCK = 1 << 13;

    private final String file;
    private final ByteWindow window;
    private String block = "";
    private int at;

    /** @param file for messages */
    public StrictReader(String file, InputStream in) {
        this.file = file;
        this.window = new ByteWindow(file, in);
    }

    @Override
    public int read(char[] target, int from, int count) {
        if (at == block.length() && !next()) {
            return -1;
        }
        int copied = Math.min(count, block.length() - at);
        block.getChars(at, at + copied, target, from);
        at += copied;
        return copied;
    }

    private boolean next() {
        window.mark = window.position;
        if (!window.more()) {
            return false;
        }
        int end = Math.min(window.limit, window.position + BLOCK);
        end -= unfinished(end);
        if (end <= window.position) {
            // Fewer bytes than one character: read on, or take what is there and let the check complain.
            end = window.fill() ? window.position + 1 : window.limit;
            while (end < window.limit && (window.bytes[end] & 0xc0) == 0x80) {
                end++;
            }
        }
        window.checkUtf8(window.position, end, file);
        block = new String(window.bytes, window.position, end - window.position, StandardCharsets.UTF_8);
        at = 0;
        window.position = end;
        return true;
    }

    /** Bytes before the end that begin a character and do not finish it. */
    private int unfinished(int end) {
        for (int back = 1; back <= 3 && end - back >= window.position; back++) {
            if ((window.bytes[end - back] & 0xc0) == 0xc0) {
                return Utf8.lengthAt(window.bytes, end - back, end) < 0 ? back : 0;
            }
        }
        return 0;
    }

    @Override
    public void close() {
        window.close();
    }
}
