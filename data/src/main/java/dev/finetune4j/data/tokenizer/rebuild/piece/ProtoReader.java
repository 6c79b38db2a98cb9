package dev.finetune4j.data.tokenizer.rebuild.piece;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Walks through one message in the wire format of Protocol Buffers, field by field. Nothing is believed about lengths. */
final class ProtoReader {
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED32 = 5;

    private final byte[] data;
    private final int end;
    private int at;
    private int field;
    private int wire;

    ProtoReader(byte[] data) {
        this(data, 0, data.length);
    }

    private ProtoReader(byte[] data, int from, int end) {
        this.data = data;
        this.at = from;
        this.end = end;
    }

    /** Goes to the next field, whose value must then be read or skipped. */
    boolean next() throws IOException {
        if (at >= end) {
            return false;
        }
        long tag = varint();
        field = (int) (tag >>> 3);
        wire = (int) (tag & 7);
        if (field <= 0 || tag >>> 32 != 0) {
            throw malformed("field number " + (tag >>> 3));
        }
        return true;
    }

    int field() {
        return field;
    }

    long number() throws IOException {
        require(VARINT);
        return varint();
    }

    boolean flag() throws IOException {
        return number() != 0;
    }

    float real() throws IOException {
        require(FIXED32);
        int start = take(Integer.BYTES);
        int bits = data[start] & 0xff
                | (data[start + 1] & 0xff) << 8
                | (data[start + 2] & 0xff) << 16
                | (data[start + 3] & 0xff) << 24;
        return Float.intBitsToFloat(bits);
    }

    byte[] bytes() throws IOException {
        ProtoReader inner = message();
        return Arrays.copyOfRange(data, inner.at, inner.end);
    }

    String text() throws IOException {
        ProtoReader inner = message();
        return new String(data, inner.at, inner.end - inner.at, StandardCharsets.UTF_8);
    }

    ProtoReader message() throws IOException {
        require(BYTES);
        long length = varint();
        if (length < 0 || length > end - at) {
            throw malformed("a length of " + length + " with " + (end - at) + " bytes left");
        }
        int start = take((int) length);
        return new ProtoReader(data, start, at);
    }

    void skip() throws IOException {
        switch (wire) {
            case VARINT -> varint();
            case FIXED64 -> take(Long.BYTES);
            case FIXED32 -> take(Integer.BYTES);
            case BYTES -> message();
            default -> throw malformed("wire type " + wire);
        }
    }

    private void require(int wanted) throws IOException {
        if (wire != wanted) {
            throw malformed("wire type " + wire + " for field " + field);
        }
    }

    private int take(int bytes) throws IOException {
        if (bytes > end - at) {
            throw malformed("an end in the middle of a value");
        }
        int start = at;
        at += bytes;
        return start;
    }

    private long varint() throws IOException {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte next = data[take(1)];
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw malformed("a number without an end");
    }

    private IOException malformed(String what) {
        return new IOException(what + " at byte " + at);
    }
}
