package dev.finetune4j.core.gguf;

import dev.finetune4j.core.error.WeightException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Reads numbers and texts one after another; every length is compared with what the file still has before it is believed. */
final class HeaderReader {
    private static final int WINDOW = 1 << 16;
    /** Longer than any chat template or embedded tokenizer. */
    private static final long LONGEST_TEXT = 1 << 28;
    /** More than any vocabulary has entries. */
    private static final int MOST = 1 << 26;

    private final Path path;
    private final FileChannel channel;
    private final long size;
    private final ByteBuffer window =
            ByteBuffer.allocate(WINDOW).order(ByteOrder.LITTLE_ENDIAN).limit(0);
    private long windowEnd;
    private String reading = "its header";

    HeaderReader(Path path, FileChannel channel, long size) {
        this.path = path;
        this.channel = channel;
        this.size = size;
    }

    /** What is read from here on, for messages. */
    void reading(String what) {
        reading = what;
    }

    long position() {
        return windowEnd - window.remaining();
    }

    long remaining() {
        return size - position();
    }

    int u8() throws IOException {
        return need(1).get() & 0xFF;
    }

    int i8() throws IOException {
        return need(1).get();
    }

    int u16() throws IOException {
        return need(2).getShort() & 0xFFFF;
    }

    int i16() throws IOException {
        return need(2).getShort();
    }

    long u32() throws IOException {
        return need(4).getInt() & 0xFFFF_FFFFL;
    }

    int i32() throws IOException {
        return need(4).getInt();
    }

    long i64() throws IOException {
        return need(8).getLong();
    }

    float f32() throws IOException {
        return need(4).getFloat();
    }

    double f64() throws IOException {
        return need(8).getDouble();
    }

    /** A number of things of which each takes at least {@code least} bytes of the file. */
    int count(String things, long least) throws IOException {
        long count = i64();
        if (count < 0 || count > remaining() / least || count > MOST) {
            throw damaged(reading + " claims " + Long.toUnsignedString(count) + " " + things + ", but " + remaining()
                    + " bytes follow" + (count > MOST ? ", and " + MOST + " is the most that is believed" : ""));
        }
        return (int) count;
    }

    String text() throws IOException {
        long length = i64();
        if (length < 0 || length > remaining() || length > LONGEST_TEXT) {
            throw damaged(reading + " claims a text of " + Long.toUnsignedString(length) + " bytes, but " + remaining()
                    + " follow" + (length > LONGEST_TEXT && length <= remaining() ? ", too many for a text" : ""));
        }
        byte[] bytes = new byte[(int) length];
        for (int done = 0; done < bytes.length; ) {
            int part = Math.min(bytes.length - done, WINDOW);
            need(part).get(bytes, done, part);
            done += part;
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** The window with at least {@code bytes} of the file. */
    private ByteBuffer need(int bytes) throws IOException {
        if (window.remaining() < bytes) {
            if (remaining() < bytes) {
                throw damaged("the file of " + size + " bytes ends inside " + reading
                        + ": it is truncated. Copy or download it again");
            }
            window.compact().limit((int) Math.min(WINDOW, window.position() + size - windowEnd));
            while (window.hasRemaining()) {
                int read = channel.read(window, windowEnd);
                if (read < 0) {
                    throw new EOFException("the file ended while it was read");
                }
                windowEnd += read;
            }
            window.flip();
        }
        return window;
    }

    WeightException damaged(String what) {
        return new WeightException(path + ": not a valid GGUF file: " + what + ".");
    }
}
