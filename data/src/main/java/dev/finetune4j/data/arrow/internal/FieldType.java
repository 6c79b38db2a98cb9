package dev.finetune4j.data.arrow.internal;

import org.jspecify.annotations.Nullable;

/**
 * The type of a column without its children.
 *
 * @param size bytes of one value, or elements of a fixed-size list; 0 where neither applies
 * @param perSecond ticks of a time or timestamp in one second; 0 for other types
 * @param zone time zone of a timestamp; null where its values are local
 */
public record FieldType(
        Kind kind, int size, long perSecond, @Nullable String zone) {
    /** Layouts that are read. */
    public enum Kind {
        NULL,
        BOOL,
        INT,
        UNSIGNED,
        FLOAT,
        DATE,
        TIME,
        TIMESTAMP,
        TEXT,
        BINARY,
        FIXED_BINARY,
        LIST,
        FIXED_LIST,
        STRUCT
    }

    static FieldType of(Kind kind, int size) {
        return new FieldType(kind, size, 0, null);
    }

    @Override
    public String toString() {
        String name = kind.name().toLowerCase(java.util.Locale.ROOT);
        return kind == Kind.INT || kind == Kind.UNSIGNED || kind == Kind.FLOAT ? name + size * Byte.SIZE : name;
    }
}
