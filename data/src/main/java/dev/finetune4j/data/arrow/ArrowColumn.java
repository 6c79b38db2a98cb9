package dev.finetune4j.data.arrow;

/**
 * A column to be written.
 *
 * @param nullable whether rows may leave it out; where not, a null is refused
 */
public record ArrowColumn(String name, Type type, boolean nullable) {
    /** What a row gives for a column. */
    public enum Type {
        /** {@link Boolean}. */
        BOOL,
        /** {@link Integer}. */
        INT32,
        /** {@link Long} or {@link Integer}. */
        INT64,
        /** {@link Double}. */
        FLOAT64,
        /** {@link String}. */
        TEXT,
        /** {@code byte[]}. */
        INT8_LIST,
        /** {@code int[]}. */
        INT32_LIST,
        /** {@code long[]}. */
        INT64_LIST,
        /** A {@link java.util.List} of {@link String}, or a {@code String[]}. */
        TEXT_LIST;

        boolean isList() {
            return this == INT8_LIST || this == INT32_LIST || this == INT64_LIST || this == TEXT_LIST;
        }

        /** Name of the values, or of a list's elements, in {@code datasets}. */
        String dtype() {
            return switch (this) {
                case BOOL -> "bool";
                case INT8_LIST -> "int8";
                case INT32, INT32_LIST -> "int32";
                case INT64, INT64_LIST -> "int64";
                case FLOAT64 -> "float64";
                case TEXT, TEXT_LIST -> "string";
            };
        }

        /** Bytes of a number; 0 for booleans and texts. */
        int width() {
            return switch (this) {
                case INT8_LIST -> Byte.BYTES;
                case INT32, INT32_LIST -> Integer.BYTES;
                case INT64, INT64_LIST, FLOAT64 -> Long.BYTES;
                case BOOL, TEXT, TEXT_LIST -> 0;
            };
        }
    }

    /** A column that every row fills. */
    public static ArrowColumn of(String name, Type type) {
        return new ArrowColumn(name, type, false);
    }

    /** A column that rows may leave out. */
    public static ArrowColumn nullable(String name, Type type) {
        return new ArrowColumn(name, type, true);
    }
}
