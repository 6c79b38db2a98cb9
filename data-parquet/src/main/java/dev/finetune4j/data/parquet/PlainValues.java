package dev.finetune4j.data.parquet;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.ListLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.MapLogicalTypeAnnotation;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;

/** The library's values as those of JSON. It reads unsigned numbers as if they had a sign; the schema puts that right. */
final class PlainValues {
    private PlainValues() {}

    /** @param type of the whole row, or of a struct in it; null where unknown */
    static Map<String, @Nullable Object> map(Map<?, ?> values, @Nullable Type type) {
        Map<String, @Nullable Object> plain = new LinkedHashMap<>();
        values.forEach((key, value) -> {
            String name = String.valueOf(key);
            plain.put(name, value(value, part(type, name)));
        });
        return plain;
    }

    private static @Nullable Type part(@Nullable Type type, String name) {
        if (type == null || type.isPrimitive()) {
            return null;
        }
        GroupType group = type.asGroupType();
        if (group.getLogicalTypeAnnotation() instanceof MapLogicalTypeAnnotation) {
            GroupType pair = group.getType(0).asGroupType();
            return pair.getFieldCount() > 1 ? pair.getType(1) : null;
        }
        return group.containsField(name) ? group.getType(name) : null;
    }

    /** Lists are groups of a repeated group of one element; old writers left out a level. */
    private static @Nullable Type element(@Nullable Type type) {
        if (type == null || type.isPrimitive()) {
            return type;
        }
        if (!(type.getLogicalTypeAnnotation() instanceof ListLogicalTypeAnnotation)) {
            return type;
        }
        Type repeated = type.asGroupType().getType(0);
        boolean wraps = !repeated.isPrimitive() && repeated.asGroupType().getFieldCount() == 1;
        return wraps ? repeated.asGroupType().getType(0) : repeated;
    }

    private static @Nullable Object value(@Nullable Object value, @Nullable Type type) {
        if (value instanceof Map<?, ?> map) {
            return map(map, type);
        }
        if (value instanceof Collection<?> elements) {
            List<@Nullable Object> list = new ArrayList<>();
            Type element = element(type);
            elements.forEach(one -> list.add(value(one, element)));
            return list;
        }
        if (value == null || value instanceof String || value instanceof Boolean || value instanceof byte[]) {
            return value;
        }
        return value instanceof Number number ? number(number, type) : other(value);
    }

    private static Object number(Number number, @Nullable Type type) {
        if (number instanceof Double || number instanceof Float || number instanceof BigDecimal) {
            return number.doubleValue();
        }
        long whole = number.longValue();
        if (whole < 0
                && type != null
                && type.getLogicalTypeAnnotation() instanceof IntLogicalTypeAnnotation kind
                && !kind.isSigned()) {
            if (kind.getBitWidth() == Long.SIZE) {
                return new BigInteger(Long.toUnsignedString(whole));
            }
            whole &= (1L << kind.getBitWidth()) - 1;
        }
        return whole == (int) whole ? (Object) (int) whole : (Object) whole;
    }

    private static Object other(Object value) {
        if (value instanceof Binary binary) {
            return binary.getBytes();
        }
        if (value instanceof ByteBuffer buffer) {
            byte[] bytes = new byte[buffer.remaining()];
            buffer.duplicate().get(bytes);
            return bytes;
        }
        if (value instanceof LocalDateTime moment) {
            return DateTimeFormatter.ISO_LOCAL_DATE_TIME.format(moment);
        }
        if (value instanceof LocalTime time) {
            return DateTimeFormatter.ISO_LOCAL_TIME.format(time);
        }
        // Dates and instants write themselves in ISO 8601.
        return value.toString();
    }
}
