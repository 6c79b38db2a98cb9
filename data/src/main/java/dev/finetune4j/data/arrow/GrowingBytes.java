package dev.finetune4j.data.arrow;

import dev.finetune4j.core.error.DataException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Little-endian bytes at the end of which more can be put. */
final class GrowingBytes {
    private static final int FIRST = 1 << 12;
    private static final int MOST = Integer.MAX_VALUE - 64;

    private ByteBuffer bytes = allocate(FIRST);

    private static ByteBuffer allocate(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private ByteBuffer room(long size) {
        if (bytes.remaining() < size) {
            long needed = bytes.position() + size;
            if (needed > MOST) {
                throw new DataException("", "The rows of one record batch need more than 2 GiB. Shorten them.");
            }
            bytes = allocate((int) Math.min(MOST, Math.max(needed, 2L * bytes.capacity())))
                    .put(bytes.flip());
        }
        return bytes;
    }

    void put(byte value) {
        room(Byte.BYTES).put(value);
    }

    void put(int value) {
        room(Integer.BYTES).putInt(value);
    }

    void put(long value) {
        room(Long.BYTES).putLong(value);
    }

    void put(byte[] values) {
        room(values.length).put(values);
    }

    void put(int[] values) {
        ByteBuffer room = room((long) values.length * Integer.BYTES);
        room.asIntBuffer().put(values);
        room.position(room.position() + values.length * Integer.BYTES);
    }

    void put(long[] values) {
        ByteBuffer room = room((long) values.length * Long.BYTES);
        room.asLongBuffer().put(values);
        room.position(room.position() + values.length * Long.BYTES);
    }

    /** Sets a bit behind those that are there. */
    void putBit(int index, boolean set) {
        if (index % Byte.SIZE == 0) {
            put((byte) 0);
        }
        if (set) {
            int place = index / Byte.SIZE;
            bytes.put(place, (byte) (bytes.get(place) | 1 << index % Byte.SIZE));
        }
    }

    int size() {
        return bytes.position();
    }

    /** What was put, as a view. */
    ByteBuffer content() {
        return bytes.duplicate().flip();
    }

    void clear() {
        bytes.clear();
    }
}
