package dev.finetune4j.data.jinja.python;

import dev.finetune4j.data.jinja.value.Attributed;
import dev.finetune4j.data.jinja.value.DictView;
import dev.finetune4j.data.jinja.value.Fault;
import dev.finetune4j.data.jinja.value.Function;
import dev.finetune4j.data.jinja.value.Lazy;
import dev.finetune4j.data.jinja.value.Markup;
import dev.finetune4j.data.jinja.value.None;
import dev.finetune4j.data.jinja.value.Range;
import dev.finetune4j.data.jinja.value.Tuple;
import dev.finetune4j.data.jinja.value.Undefined;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a value is. */
public final class Values {
    private Values() {}

    /**
     * A value from outside as templates know it.
     *
     * @throws Fault for objects of any other class than those of JSON data
     */
    public static Object of(@Nullable Object value) {
        if (value instanceof String
                || value instanceof Long
                || value instanceof Boolean
                || value instanceof Map
                || value instanceof List
                || value instanceof Double
                || value instanceof BigInteger) {
            return value;
        }
        if (value == null) {
            return None.NONE;
        }
        if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return ((Number) value).longValue();
        }
        if (value instanceof Float || value instanceof BigDecimal) {
            return ((Number) value).doubleValue();
        }
        if (isOwn(value)) {
            return value;
        }
        throw new Fault("it was given an object of " + value.getClass().getName()
                + "; a template works with texts, numbers, booleans, null, lists and maps");
    }

    private static boolean isOwn(Object value) {
        return value == None.NONE
                || value instanceof Undefined
                || value instanceof Attributed
                || value instanceof Function
                || value instanceof Lazy
                || value instanceof Markup
                || value instanceof DictView;
    }

    /** Python's truth: nothing, zero and empty are false. */
    public static boolean truth(Object value) {
        if (value instanceof Boolean flag) {
            return flag;
        }
        if (value instanceof String text) {
            return !text.isEmpty();
        }
        if (value == None.NONE || value instanceof Undefined) {
            return false;
        }
        if (value instanceof List<?> list) {
            return !list.isEmpty();
        }
        if (value instanceof Map<?, ?> map) {
            return !map.isEmpty();
        }
        if (value instanceof Long number) {
            return number != 0;
        }
        if (value instanceof Double number) {
            return number != 0;
        }
        return truthOfRest(value);
    }

    private static boolean truthOfRest(Object value) {
        if (value instanceof Markup markup) {
            return !markup.text().isEmpty();
        }
        if (value instanceof DictView view) {
            return !view.map().isEmpty();
        }
        if (value instanceof Sized sized) {
            return sized.size() > 0;
        }
        return !(value instanceof BigInteger number) || number.signum() != 0;
    }

    /** A value with a length that is neither text nor container. */
    public interface Sized {
        int size();
    }

    /** The text of a text, null of anything else. */
    public static @Nullable String asText(Object value) {
        if (value instanceof String text) {
            return text;
        }
        return value instanceof Markup markup ? markup.text() : null;
    }

    /** Whether it is a Python list, which tuples and ranges are not. */
    public static boolean isList(Object value) {
        return value instanceof List && !(value instanceof Tuple) && !(value instanceof Range);
    }

    public static boolean isNumber(Object value) {
        return value instanceof Long
                || value instanceof Double
                || value instanceof Boolean
                || value instanceof BigInteger;
    }

    /** Number of elements or characters. */
    public static int length(Object value) {
        String text = asText(value);
        if (text != null) {
            return Texts.length(text);
        }
        if (value instanceof List<?> list) {
            return list.size();
        }
        if (value instanceof Map<?, ?> map) {
            return map.size();
        }
        if (value instanceof DictView view) {
            return view.map().size();
        }
        if (value instanceof Undefined) {
            return 0;
        }
        if (value instanceof Sized sized) {
            return sized.size();
        }
        throw Fault.type("a " + type(value) + " has no length");
    }

    /** Python's name of the type. */
    public static String type(Object value) {
        if (asText(value) != null) {
            return "str";
        }
        if (value instanceof Boolean) {
            return "bool";
        }
        if (value instanceof Long || value instanceof BigInteger) {
            return "int";
        }
        if (value instanceof Double) {
            return "float";
        }
        if (value == None.NONE) {
            return "None";
        }
        if (value instanceof Undefined) {
            return "Undefined";
        }
        if (value instanceof Attributed attributed) {
            return attributed.typeName();
        }
        return containerType(value);
    }

    private static String containerType(Object value) {
        if (value instanceof Tuple) {
            return "tuple";
        }
        if (value instanceof Range) {
            return "range";
        }
        if (value instanceof List) {
            return "list";
        }
        if (value instanceof Map) {
            return "dict";
        }
        if (value instanceof DictView view) {
            return "dict_" + view.kind().name().toLowerCase(Locale.ROOT);
        }
        return value instanceof Lazy ? "generator" : "function";
    }
}
