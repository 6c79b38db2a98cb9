package dev.finetune4j.data.arrow.internal.vector;

import java.nio.ByteBuffer;

/**
 * Where the values of a list or text column begin and end.
 *
 * @param data one more offset than there are values
 * @param width bytes of an offset; 0 where each value has {@code fixed} elements and there is no data
 */
record Offsets(ByteBuffer data, int width, int fixed) {
    /** @param limit elements that the values share */
    int start(int index, long limit, Extent extent) {
        return checked(at(index), limit, extent);
    }

    int end(int index, long limit, Extent extent) {
        int end = checked(at(index + 1L), limit, extent);
        if (end < at(index)) {
            throw extent.damaged("value " + index + " of a batch ends before it begins.");
        }
        return end;
    }

    private long at(long index) {
        if (width == 0) {
            return index * fixed;
        }
        int place = (int) (index * width);
        return width == Integer.BYTES ? data.getInt(place) : data.getLong(place);
    }

    private static int checked(long offset, long limit, Extent extent) {
        if (offset < 0 || offset > limit) {
            throw extent.damaged("an offset of " + offset + " points outside its " + limit + " elements.");
        }
        return (int) offset;
    }
}
