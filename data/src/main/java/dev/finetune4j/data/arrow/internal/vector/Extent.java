package dev.finetune4j.data.arrow.internal.vector;

import dev.finetune4j.core.error.DataException;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How many values a column of a batch has, and which are null.
 *
 * @param file for messages
 * @param column for messages
 * @param validity one bit a value, set where there is one; null where all are there
 */
record Extent(
        String file, String column, int length, @Nullable ByteBuffer validity) {
    boolean isNull(int index) {
        Objects.checkIndex(index, length);
        return validity != null && !bit(validity, index);
    }

    static boolean bit(ByteBuffer bits, int index) {
        return (bits.get(index >> 3) >> (index & 7) & 1) != 0;
    }

    DataException damaged(String what) {
        return new DataException(file, "Column \"" + column + "\": " + what + " The file is damaged.");
    }
}
