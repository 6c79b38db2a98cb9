package dev.finetune4j.data.source.internal;

import dev.finetune4j.core.error.DataException;
import dev.finetune4j.core.error.UnsupportedException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The part of a stream that is being looked at. Whoever reads marks where a row begins; all bytes from there on stay in the
 * window until the next mark. The byte-order mark of UTF-8 is passed over, those of other encodings are refused.
 */
public final class ByteWindow implements AutoCloseable {
    private static final int LONGEST = 1 << 28;

    /** As bytes, as characters, twice while either grows, and as what is made of them, a row takes so many times its length. */
    private static final int COPIES = 8;

    /** A row that is longer is refused, so that a file without line ends does not fill the memory. */
    public static final int LONGEST_ROW =
            (int) Math.min(LONGEST, Runtime.getRuntime().maxMemory() / COPIES);

    private static final int FIRST_SIZE = 1 << 18;
    private static final int EXCERPT = 80;
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;

    private final String file;
    private final InputStream in;
    byte[] bytes = new byte[FIRST_SIZE];
    /** Where the row begins that is being read. */
    int mark;
    /** The next byte to look at. */
    int position;
    /** End of what has been read. */
    int limit;

    private long offset;
    private boolean ended;

    /** @param file for messages */
    public ByteWindow(String file, InputStream in) {
        this.file = file;
        this.in = in;
        while (limit < Integer.BYTES) {
            if (!fill()) {
                break;
            }
        }
        refuseOtherEncodings();
        if (starts(0xef, 0xbb, 0xbf)) {
            position = 3;
        }
        mark = position;
    }

    private void refuseOtherEncodings() {
        boolean wide = starts(0xff, 0xfe) || starts(0xfe, 0xff) || starts(0, 0, 0xfe, 0xff);
        if (wide) {
            close();
            throw new UnsupportedException(file + ": The file is UTF-16 or UTF-32, by its byte-order mark. Save it as"
                    + " UTF-8; only that is read.");
        }
    }

    private boolean starts(int... values) {
        for (int i = 0; i < values.length; i++) {
            if (i >= limit || (bytes[i] & 0xff) != values[i]) {
                return false;
            }
        }
        return true;
    }

    /** Whether there is a byte at {@link #position}; reads on where needed. */
    boolean more() {
        return position < limit || fill();
    }

    /** Reads on, keeping everything from the mark. */
    boolean fill() {
        if (ended) {
            return false;
        }
        if (limit == bytes.length) {
            makeRoom();
        }
        try {
            int count = in.read(bytes, limit, bytes.length - limit);
            ended = count < 0;
            limit += Math.max(0, count);
            return count > 0 || !ended && fill();
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private void makeRoom() {
        int kept = limit - mark;
        if (kept > LONGEST_ROW) {
            throw tooLong();
        }
        int larger = Math.min(2 * bytes.length, LONGEST_ROW + FIRST_SIZE);
        byte[] target = kept > bytes.length / 2 && larger > bytes.length ? new byte[larger] : bytes;
        System.arraycopy(bytes, mark, target, 0, kept);
        bytes = target;
        offset += mark;
        position -= mark;
        limit = kept;
        mark = 0;
    }

    private DataException tooLong() {
        return new DataException(
                file,
                "The row that begins at byte " + (offset + mark) + " is longer than the " + LONGEST_ROW
                        + " bytes that a row may have, an eighth of the heap and at most " + LONGEST
                        + ". Are its line ends or closing brackets missing? If not, give Java more memory (-Xmx).");
    }

    /** Where a byte of the window stands in the file. */
    long offsetOf(int place) {
        return offset + place;
    }

    /** Moves to the next byte of that value and returns true, or to the end and returns false. */
    boolean seek(byte value) {
        long pattern = ONES * (value & 0xff);
        while (true) {
            byte[] local = bytes;
            int at = position;
            int end = limit;
            while (at <= end - Long.BYTES) {
                long difference = (long) LONGS.get(local, at) ^ pattern;
                long hit = (difference - ONES) & ~difference & HIGH_BITS;
                if (hit != 0) {
                    position = at + (Long.numberOfTrailingZeros(hit) >> 3);
                    return true;
                }
                at += Long.BYTES;
            }
            while (at < end && local[at] != value) {
                at++;
            }
            position = at;
            if (at < end) {
                return true;
            }
            if (!fill()) {
                return false;
            }
        }
    }

    /** Around a place of the window, at most 80 characters of its line, as one line. */
    String excerpt(int place) {
        int from = place;
        while (from > mark && place - from < EXCERPT / 2 && bytes[from - 1] != '\n') {
            from--;
        }
        while (from < limit && (bytes[from] & 0xc0) == 0x80) {
            from++;
        }
        int to = Math.min(from, limit);
        while (to < limit && to - from < 4 * EXCERPT && bytes[to] != '\n') {
            to++;
        }
        String text = new String(bytes, from, to - from, StandardCharsets.UTF_8);
        int end = text.offsetByCodePoints(0, Math.min(EXCERPT, text.codePointCount(0, text.length())));
        return text.substring(0, end).replaceAll("\\p{Cntrl}", " ");
    }

    /** @throws DataException if part of the window is not UTF-8 */
    void checkUtf8(int from, int to, String where) {
        int bad = Utf8.firstBad(bytes, from, to);
        if (bad >= 0) {
            throw new DataException(
                    where,
                    String.format(
                            "Byte %d of the file (0x%02x) is not UTF-8. Save the file as UTF-8 and try again: %s",
                            offsetOf(bad), bytes[bad] & 0xff, excerpt(bad)));
        }
    }

    DataException failure(IOException e) {
        return new DataException(file, "The file cannot be read: " + e.getMessage() + ".", e);
    }

    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException e) {
            throw failure(e);
        }
    }
}
