package dev.finetune4j.core.gguf;

import dev.finetune4j.core.error.WeightException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a GGUF file says of its model, key by key in file order. Absent keys give fallbacks or empty arrays; a key of another
 * type than asked for is a {@link WeightException} that names file and key. The widths of the file's integers and floats are
 * gone: integers are longs, floats are doubles, and arrays {@code int[]}, {@code long[]}, {@code float[]},
 * {@code double[]}, {@code boolean[]} or lists.
 */
public final class GgufMetadata {
    private final String where;
    private final Map<String, Object> values;

    private GgufMetadata(String where, Map<String, Object> values) {
        this.where = where;
        this.values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /**
     * Metadata from values.
     *
     * @param where the file, for messages
     * @param values strings, booleans, longs, doubles, primitive arrays (integers as {@code int[]} or {@code long[]}), lists
     *     of strings or of further arrays
     */
    public static GgufMetadata of(String where, Map<String, Object> values) {
        return new GgufMetadata(where, values);
    }

    /** The file, as messages begin. */
    public String where() {
        return where;
    }

    public Set<String> keys() {
        return values.keySet();
    }

    public boolean has(String key) {
        return values.containsKey(key);
    }

    /** A text that must be there. */
    public String text(String key) {
        return required(key, text(key, null));
    }

    /** A text, or the fallback where the key is absent. */
    public @Nullable String text(String key, @Nullable String fallback) {
        Object value = values.get(key);
        if (value == null) {
            return fallback;
        }
        if (value instanceof String text) {
            return text;
        }
        throw another(key, "a text", value);
    }

    /** A whole number that must be there. */
    public long integer(String key) {
        return integerIfAny(key).orElseThrow(() -> missing(key));
    }

    /** A whole number, or the fallback where the key is absent. */
    public long integer(String key, long fallback) {
        return integerIfAny(key).orElse(fallback);
    }

    /** A whole number; empty where the key is absent. */
    public OptionalLong integerIfAny(String key) {
        Object value = values.get(key);
        if (value == null) {
            return OptionalLong.empty();
        }
        if (value instanceof Long number) {
            return OptionalLong.of(number);
        }
        throw another(key, "a whole number", value);
    }

    /** A number, whole or not, or the fallback where the key is absent. */
    public double number(String key, double fallback) {
        Object value = values.get(key);
        if (value == null) {
            return fallback;
        }
        if (value instanceof Number number) {
            return number.doubleValue();
        }
        throw another(key, "a number", value);
    }

    /** A number, whole or not, that must be there. */
    public double requiredNumber(String key) {
        if (!has(key)) {
            throw missing(key);
        }
        return number(key, 0);
    }

    /** Whether the key holds a whole number. */
    public boolean isWhole(String key) {
        return values.get(key) instanceof Long;
    }

    /** Whether the key holds a truth value. */
    public boolean isFlag(String key) {
        return values.get(key) instanceof Boolean;
    }

    public boolean flag(String key, boolean fallback) {
        Object value = values.get(key);
        if (value == null) {
            return fallback;
        }
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw another(key, "true or false", value);
    }

    /** An array of texts; empty where the key is absent. Read-only, in file order. */
    public List<String> texts(String key) {
        Object value = values.get(key);
        if (value == null || isEmptyArray(value)) {
            return List.of();
        }
        if (value instanceof List<?> list && list.get(0) instanceof String) {
            @SuppressWarnings("unchecked") // an array of the file has one element type
            List<String> texts = (List<String>) list;
            return Collections.unmodifiableList(texts);
        }
        throw another(key, "an array of texts", value);
    }

    /** An array of whole numbers; empty where the key is absent. */
    public int[] ints(String key) {
        Object value = values.get(key);
        if (value == null || isEmptyArray(value)) {
            return new int[0];
        }
        if (value instanceof int[] ints) {
            return ints.clone();
        }
        if (value instanceof long[] longs) {
            return narrowed(key, longs);
        }
        throw another(key, "an array of whole numbers", value);
    }

    private int[] narrowed(String key, long[] longs) {
        int[] ints = new int[longs.length];
        for (int i = 0; i < ints.length; i++) {
            ints[i] = (int) longs[i];
            if (ints[i] != longs[i]) {
                throw problem(key, "holds " + longs[i] + " at place " + i + ", more than 31 bits hold.");
            }
        }
        return ints;
    }

    /** An array of floats; empty where the key is absent. */
    public float[] floats(String key) {
        Object value = values.get(key);
        if (value == null || isEmptyArray(value)) {
            return new float[0];
        }
        if (value instanceof float[] floats) {
            return floats.clone();
        }
        if (value instanceof double[] doubles) {
            float[] floats = new float[doubles.length];
            for (int i = 0; i < floats.length; i++) {
                floats[i] = (float) doubles[i];
            }
            return floats;
        }
        throw another(key, "an array of floats", value);
    }

    /** An array of truth values; empty where the key is absent. */
    public boolean[] flags(String key) {
        Object value = values.get(key);
        if (value == null || isEmptyArray(value)) {
            return new boolean[0];
        }
        if (value instanceof boolean[] flags) {
            return flags.clone();
        }
        throw another(key, "an array of truth values", value);
    }

    /** Whether the key holds an array, of whatever elements. */
    public boolean isArray(String key) {
        Object value = values.get(key);
        return value != null && (value instanceof List || value.getClass().isArray());
    }

    /** Number of elements of an array; 0 where the key is absent or no array. */
    public int length(String key) {
        Object value = values.get(key);
        return value instanceof List<?> list
                ? list.size()
                : isArray(key) ? java.lang.reflect.Array.getLength(value) : 0;
    }

    private static boolean isEmptyArray(Object value) {
        return value instanceof List<?> list
                ? list.isEmpty()
                : value.getClass().isArray() && java.lang.reflect.Array.getLength(value) == 0;
    }

    /** A complaint about a key: file and key, then {@code what}. */
    public WeightException problem(String key, String what) {
        return new WeightException(where + ": the metadata key \"" + key + "\" " + what);
    }

    private WeightException another(String key, String wanted, Object value) {
        return problem(key, "is " + described(value) + " where " + wanted + " is due.");
    }

    private WeightException missing(String key) {
        return problem(key, "is missing. Take another copy of the model, or convert it again.");
    }

    private <T> T required(String key, @Nullable T value) {
        if (value == null) {
            throw missing(key);
        }
        return value;
    }

    private String described(Object value) {
        if (value instanceof List || value.getClass().isArray()) {
            return "an array";
        }
        String text = value.toString();
        return value instanceof String ? "\"" + (text.length() > 40 ? text.substring(0, 40) + "…" : text) + "\"" : text;
    }
}
