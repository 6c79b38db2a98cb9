package dev.finetune4j.data.source;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import java.math.BigDecimal;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON text as Python's serialiser writes it with non-ASCII characters kept. Chat templates were trained on that text, so
 * separators, escapes and the spelling of numbers must be the same: {@code {"a": 1, "b": [1, 2.0]}}.
 */
public final class PythonJson {
    private static final ObjectReader READER =
            JsonText.MAPPER.readerFor(Object.class).with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final char FIRST_PRINTABLE = 0x20;
    private static final char LAST_ASCII = 0x7e;

    private PythonJson() {}

    /**
     * Lists, maps in the order of their keys, texts, numbers, booleans, null.
     *
     * @throws JsonProcessingException if the text is not one JSON value
     */
    public static @Nullable Object parse(String text) throws JsonProcessingException {
        return READER.readValue(text);
    }

    /** On one line, with a blank after commas and colons. */
    public static String write(@Nullable Object value) {
        StringBuilder out = new StringBuilder();
        new Writer(out, -1).value(value, 0);
        return out.toString();
    }

    /**
     * Over several lines.
     *
     * @param indent blanks per level
     */
    public static String write(@Nullable Object value, int indent) {
        StringBuilder out = new StringBuilder();
        new Writer(out, indent).value(value, 0);
        return out.toString();
    }

    private record Writer(StringBuilder out, int indent) {
        void value(@Nullable Object value, int depth) {
            if (value instanceof Map<?, ?> map) {
                object(map, depth);
            } else if (value instanceof List<?> list) {
                array(list, depth);
            } else if (value instanceof String text) {
                string(out, text, false);
            } else if (value instanceof Double || value instanceof Float || value instanceof BigDecimal) {
                out.append(number(((Number) value).doubleValue()));
            } else {
                out.append(value);
            }
        }

        private void object(Map<?, ?> map, int depth) {
            out.append('{');
            String separator = "";
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                separate(separator, depth + 1);
                string(out, String.valueOf(entry.getKey()), false);
                out.append(": ");
                value(entry.getValue(), depth + 1);
                separator = ",";
            }
            close('}', map.isEmpty(), depth);
        }

        private void array(List<?> list, int depth) {
            out.append('[');
            String separator = "";
            for (Iterator<?> elements = list.iterator(); elements.hasNext(); ) {
                separate(separator, depth + 1);
                value(elements.next(), depth + 1);
                separator = ",";
            }
            close(']', list.isEmpty(), depth);
        }

        private void separate(String separator, int depth) {
            out.append(separator);
            if (indent >= 0) {
                out.append('\n').append(" ".repeat(indent * depth));
            } else if (!separator.isEmpty()) {
                out.append(' ');
            }
        }

        private void close(char bracket, boolean empty, int depth) {
            if (indent >= 0 && !empty) {
                out.append('\n').append(" ".repeat(indent * depth));
            }
            out.append(bracket);
        }
    }

    /**
     * Appends a text in quotation marks.
     *
     * @param ascii whether other characters than ASCII are escaped
     */
    public static void string(StringBuilder out, String text, boolean ascii) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            character(out, text.charAt(i), ascii);
        }
        out.append('"');
    }

    private static void character(StringBuilder out, char c, boolean ascii) {
        switch (c) {
            case '"' -> out.append("\\\"");
            case '\\' -> out.append("\\\\");
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            case '\b' -> out.append("\\b");
            case '\f' -> out.append("\\f");
            default -> {
                if (c < FIRST_PRINTABLE || (ascii && c > LAST_ASCII)) {
                    out.append(String.format("\\u%04x", (int) c));
                } else {
                    out.append(c);
                }
            }
        }
    }

    /** A number as JSON has it, and what Python writes for those that JSON lacks. */
    public static String number(double value) {
        if (Double.isNaN(value)) {
            return "NaN";
        }
        return Double.isInfinite(value) ? (value > 0 ? "Infinity" : "-Infinity") : PythonFloat.of(value);
    }
}
