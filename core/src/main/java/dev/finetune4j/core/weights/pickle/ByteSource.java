package dev.finetune4j.core.weights.pickle;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;

/**
 * A stretch of a file, read forwards through a small buffer. Numbers are little-endian. Reading past the stretch's end is an
 * {@link EOFException}, whatever length the file claims, so that no lie of it becomes an allocation.
 */
final class ByteSource {
    private static final int BUFFER = 1 << 16;
    private static final int MOST_TEXT = 1 << 26;

    private final FileChannel channel;
    private final long end;
    private final ByteBuffer buffer;
    /** Place in the file of the first byte that is not in the buffer. */
    private long next;
    /** Bytes handed out as texts so far. */
    private long text;

    ByteSource(FileChannel channel, long begin, long end) {
        this.channel = channel;
        this.next = begin;
        this.end = end;
        int room = (int) Math.max(Long.BYTES, Math.min(BUFFER, end - begin));
        this.buffer = ByteBuffer.allocate(room).order(ByteOrder.LITTLE_ENDIAN).limit(0);
    }

    /** Place in the file of the byte to be read next. */
    long position() {
        return next - buffer.remaining();
    }

    void skipTo(long position) {
        next = position;
        buffer.clear().limit(0);
    }

    int unsignedByte() throws IOException {
        return need(1).get() & 0xff;
    }

    int unsignedShort() throws IOException {
        return need(2).getShort() & 0xffff;
    }

    int int32() throws IOException {
        return need(4).getInt();
    }

    long unsignedInt() throws IOException {
        return need(4).getInt() & 0xffff_ffffL;
    }

    long int64() throws IOException {
        return need(8).getLong();
    }

    /** An eight-byte float, most significant byte first, as pickles write it. */
    double bigEndianDouble() throws IOException {
        return Double.longBitsToDouble(Long.reverseBytes(int64()));
    }

    /** So many bytes; a length that the stretch does not have is refused before anything is allocated. */
    byte[] bytes(long length) throws IOException {
        requireRoom(length);
        byte[] bytes = new byte[(int) length];
        for (int at = 0; at < bytes.length; ) {
            ByteBuffer part = need(1);
            int count = Math.min(part.remaining(), bytes.length - at);
            part.get(bytes, at, count);
            at += count;
        }
        return bytes;
    }

    String text(long length) throws IOException {
        return new String(bytes(length), StandardCharsets.UTF_8);
    }

    /** Up to the next line feed, which is read and dropped. */
    String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = unsignedByte(); b != '\n'; b = unsignedByte()) {
            count(1);
            line.append((char) b);
        }
        return line.toString();
    }

    private void requireRoom(long length) throws EOFException {
        if (length < 0 || length > end - position()) {
            throw new EOFException("it claims " + length + " bytes where " + (end - position()) + " are left");
        }
        count(length);
    }

    /** All texts together are bounded as well: a file is as large as its author likes. */
    private void count(long length) throws EOFException {
        text += length;
        if (text > MOST_TEXT) {
            throw new EOFException("it holds more than " + MOST_TEXT + " bytes of text");
        }
    }

    /** The buffer, with at least so many bytes in it. */
    private ByteBuffer need(int count) throws IOException {
        if (buffer.remaining() >= count) {
            return buffer;
        }
        buffer.compact();
        buffer.limit((int) Math.min(buffer.capacity(), buffer.position() + Math.max(0, end - next)));
        while (buffer.hasRemaining()) {
            int read = channel.read(buffer, next);
            if (read < 0) {
                break;
            }
            next += read;
        }
        buffer.flip();
        if (buffer.remaining() < count) {
            throw new EOFException("it ends in the middle");
        }
        return buffer;
    }
}
