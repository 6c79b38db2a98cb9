package dev.finetune4j.data.arrow;

import dev.finetune4j.core.error.DataException;
import dev.finetune4j.data.arrow.ArrowColumn.Type;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The values of one column that wait for their record batch. */
final class ColumnBuffer {
    private final ArrowColumn column;
    private final GrowingBytes validity = new GrowingBytes();
    private final GrowingBytes offsets = new GrowingBytes();
    private final GrowingBytes textOffsets = new GrowingBytes();
    private final GrowingBytes data = new GrowingBytes();
    private int rows;
    private int nulls;
    private int elements;

    ColumnBuffer(ArrowColumn column) {
        this.column = column;
        clear();
    }

    /** @throws DataException if the value is not of the column's type, or null where the column may not be */
    void check(@Nullable Object value) {
        boolean fits = value == null
                ? column.nullable()
                : switch (column.type()) {
                    case BOOL -> value instanceof Boolean;
                    case INT32 -> value instanceof Integer;
                    case INT64 -> value instanceof Long || value instanceof Integer;
                    case FLOAT64 -> value instanceof Double;
                    case TEXT -> value instanceof String;
                    case INT8_LIST -> value instanceof byte[];
                    case INT32_LIST -> value instanceof int[];
                    case INT64_LIST -> value instanceof long[];
                    case TEXT_LIST ->
                        value instanceof String[]
                                || value instanceof List<?> list
                                        && list.stream().allMatch(String.class::isInstance);
                };
        if (!fits) {
            throw new DataException(
                    "column \"" + column.name() + "\"",
                    "It takes " + column.type() + (column.nullable() ? " or null" : "") + ", not "
                            + (value == null ? "null" : value.getClass().getSimpleName()) + ".");
        }
    }

    /** Adds a value that {@link #check} let pass. */
    void append(@Nullable Object value) {
        validity.putBit(rows, value != null);
        if (value == null) {
            nulls++;
        }
        if (column.type().isList()) {
            elements += value == null ? 0 : list(value);
            offsets.put(elements);
        } else if (column.type() == Type.TEXT) {
            text((String) value);
        } else {
            scalar(value);
        }
        rows++;
    }

    private void scalar(@Nullable Object value) {
        switch (column.type()) {
            case BOOL -> data.putBit(rows, Boolean.TRUE.equals(value));
            case INT32 -> data.put(value instanceof Integer number ? number : 0);
            case FLOAT64 -> data.put(value instanceof Double number ? Double.doubleToRawLongBits(number) : 0L);
            default -> data.put(value instanceof Number number ? number.longValue() : 0L);
        }
    }

    private void text(@Nullable String value) {
        if (value != null) {
            data.put(value.getBytes(StandardCharsets.UTF_8));
        }
        textOffsets.put(data.size());
    }

    /** @return number of elements */
    private int list(Object value) {
        if (value instanceof byte[] bytes) {
            data.put(bytes);
            return bytes.length;
        }
        if (value instanceof int[] ints) {
            data.put(ints);
            return ints.length;
        }
        if (value instanceof long[] longs) {
            data.put(longs);
            return longs.length;
        }
        List<?> texts = value instanceof String[] array ? Arrays.asList(array) : (List<?>) value;
        texts.forEach(text -> text((String) text));
        return texts.size();
    }

    int size() {
        return data.size() + offsets.size() + textOffsets.size();
    }

    /** Adds what the header and body of a record batch need, the outer column before its elements. */
    void lay(BatchLayout batch) {
        batch.node(rows, nulls);
        batch.buffer(nulls == 0 ? ByteBuffer.allocate(0) : validity.content());
        if (column.type().isList()) {
            batch.buffer(offsets.content());
            batch.node(elements, 0);
            batch.buffer(ByteBuffer.allocate(0));
        }
        if (column.type() == Type.TEXT || column.type() == Type.TEXT_LIST) {
            batch.buffer(textOffsets.content());
        }
        batch.buffer(data.content());
    }

    void clear() {
        validity.clear();
        offsets.clear();
        textOffsets.clear();
        data.clear();
        offsets.put(0);
        textOffsets.put(0);
        rows = 0;
        nulls = 0;
        elements = 0;
    }
}
