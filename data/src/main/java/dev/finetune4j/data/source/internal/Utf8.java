package dev.finetune4j.data.source.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Strict UTF-8: what Unicode allows and nothing else, so no overlong forms, no surrogates, nothing beyond U+10FFFF. */
public final class Utf8 {
    /** Every text is well formed. */
    public static final int FINE = -1;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long HIGH_BITS = 0x8080808080808080L;

    private Utf8() {}

    /** Where the first byte stands that cannot be there, or {@link #FINE}. */
    public static int firstBad(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to) {
            at = skipAscii(bytes, at, to);
            if (at == to) {
                return FINE;
            }
            int length = lengthAt(bytes, at, to);
            if (length <= 0) {
                return at;
            }
            at += length;
        }
        return FINE;
    }

    private static int skipAscii(byte[] bytes, int from, int to) {
        int at = from;
        while (at <= to - Long.BYTES && ((long) LONGS.get(bytes, at) & HIGH_BITS) == 0) {
            at += Long.BYTES;
        }
        while (at < to && bytes[at] >= 0) {
            at++;
        }
        return at;
    }

    /** Bytes of the character at a place, 0 where there is none; negative where it is right as far as it goes. */
    static int lengthAt(byte[] bytes, int at, int to) {
        int first = bytes[at] & 0xff;
        if (first < 0x80) {
            return 1;
        }
        int length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
        for (int i = 1; i < length; i++) {
            if (at + i == to) {
                return -i;
            }
            int next = bytes[at + i] & 0xff;
            int lowest = i > 1 ? 0x80 : lowestSecond(first);
            int highest = i > 1 ? 0xbf : highestSecond(first);
            if (next < lowest || next > highest) {
                return 0;
            }
        }
        return length;
    }

    private static int lowestSecond(int first) {
        return first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    }

    private static int highestSecond(int first) {
        return first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    }
}
