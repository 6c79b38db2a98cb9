package dev.finetune4j.data.jinja.python;

import dev.finetune4j.data.jinja.value.Budget;
import dev.finetune4j.data.jinja.value.Fault;
import dev.finetune4j.data.jinja.value.Tuple;
import dev.finetune4j.data.jinja.value.Undefined;
import java.math.BigInteger;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Python's {@code pattern % values}. */
public final class PercentFormat {
    private static final Pattern FIELD = Pattern.compile(
            "%(?:\\(([^)]*)\\))?([-+ #0]*)(\\d{1,9}|\\*)?(?:\\.(\\d{1,9}|\\*)?)?[hlL]?(.)?", Pattern.DOTALL);

    private final Budget budget;
    private final Object values;
    private final List<Object> places;
    private int next;
    private boolean named;

    private PercentFormat(Budget budget, Object values) {
        this.budget = budget;
        this.values = values;
        this.places = values instanceof Tuple tuple ? tuple : List.of(values);
    }

    /** @param values a tuple for several fields, a map for named ones, else the only value */
    public static String format(Budget budget, String pattern, Object values) {
        return new PercentFormat(budget, values).run(pattern);
    }

    private String run(String pattern) {
        StringBuilder out = new StringBuilder();
        Matcher matcher = FIELD.matcher(pattern);
        int from = 0;
        while (matcher.find(from)) {
            out.append(pattern, from, matcher.start());
            out.append(field(matcher));
            budget.output(out.length());
            from = matcher.end();
        }
        out.append(pattern, from, pattern.length());
        budget.text(out.length());
        boolean unused = next < places.size() && !named && !(values instanceof Map) && !isListLike();
        if (unused && !(values instanceof Tuple tuple && tuple.isEmpty())) {
            throw Fault.type("not all values were used by the pattern '%'");
        }
        return out.toString();
    }

    /** Python lets a list and the undefined pass as if they were maps, which need no field. */
    private boolean isListLike() {
        return Values.isList(values) || values instanceof Undefined;
    }

    private String field(Matcher field) {
        String type = field.group(5);
        if (type == null) {
            throw new Fault("a % stands at the end of a pattern; write %% for the character");
        }
        if (type.equals("%")) {
            return "%";
        }
        String flags = field.group(2);
        int width = number(field.group(3), 0);
        if (width < 0) {
            flags += "-";
            width = -width;
        }
        boolean dot = field.group().matches("(?s)%(\\([^)]*\\))?[-+ #0]*(\\d+|\\*)?\\..*");
        int precision = dot ? Math.max(0, number(field.group(4), 0)) : -1;
        Object value = field.group(1) == null ? take() : named(field.group(1));
        budget.text((long) width + Math.max(0, precision));
        return pad(convert(value, type.charAt(0), flags, precision), flags, width, type.charAt(0));
    }

    private int number(@Nullable String text, int otherwise) {
        if (text == null) {
            return otherwise;
        }
        return text.equals("*")
                ? (int) Math.max(-999_999_999, Math.min(Numbers.index(take()), 999_999_999))
                : Integer.parseInt(text);
    }

    private Object take() {
        if (next >= places.size()) {
            throw Fault.type("the pattern has more fields than values");
        }
        return Values.of(places.get(next++));
    }

    private Object named(String key) {
        named = true;
        if (!(values instanceof Map<?, ?> map)) {
            throw Fault.type("a pattern with named fields needs a map");
        }
        Object value = Comparison.lookup(budget, map, key);
        if (value == null) {
            throw new Fault("the pattern names '" + key + "', which the map lacks");
        }
        return value;
    }

    private String convert(Object value, char type, String flags, int precision) {
        switch (type) {
            case 's', 'r', 'a' -> {
                String text = type == 's' ? Repr.text(budget, value) : Repr.quoted(budget, value);
                return precision >= 0 && precision < Texts.length(text) ? Texts.cut(text, 0, precision) : text;
            }
            case 'd', 'i', 'u' -> {
                return whole(integer(value, true), 10, flags, precision, "");
            }
            case 'x', 'X' -> {
                String digits = whole(integer(value, false), 16, flags, precision, "0x");
                return type == 'X' ? digits.toUpperCase(Locale.ROOT) : digits;
            }
            case 'o' -> {
                return whole(integer(value, false), 8, flags, precision, "0o");
            }
            case 'e', 'E', 'f', 'F', 'g', 'G' -> {
                return real(value, type, flags, precision);
            }
            case 'c' -> {
                return character(value);
            }
            default -> throw new Fault("%" + type + " is no field of a pattern");
        }
    }

    private static BigInteger integer(Object value, boolean truncate) {
        if (value instanceof Double real && truncate) {
            return Numbers.big(Numbers.truncate(real));
        }
        if (!Numbers.isInteger(value)) {
            throw Fault.type("a " + Values.type(value) + " stands where a pattern needs a number");
        }
        return Numbers.big(value);
    }

    private static String whole(BigInteger number, int radix, String flags, int precision, String prefix) {
        String digits = number.abs().toString(radix);
        String zeros = "0".repeat(Math.max(0, precision - digits.length()));
        return sign(number.signum() < 0, flags) + (flags.contains("#") ? prefix : "") + zeros + digits;
    }

    private static String real(Object value, char type, String flags, int precision) {
        if (!Values.isNumber(value)) {
            throw Fault.type("a " + Values.type(value) + " stands where a pattern needs a number");
        }
        double real = Numbers.real(value);
        boolean negative = real < 0 || (real == 0 && 1 / real < 0);
        return sign(negative, flags) + RealFormat.of(Math.abs(real), type, precision, flags.contains("#"));
    }

    private static String sign(boolean negative, String flags) {
        if (negative) {
            return "-";
        }
        return flags.contains("+") ? "+" : flags.contains(" ") ? " " : "";
    }

    private static String character(Object value) {
        String text = Values.asText(value);
        if (text != null && Texts.length(text) == 1) {
            return text;
        }
        if (Numbers.isInteger(value)) {
            long code = Numbers.index(value);
            if (code >= 0 && code <= Character.MAX_CODE_POINT) {
                return Character.toString((int) code);
            }
        }
        throw Fault.type("%c needs one character");
    }

    private static String pad(String text, String flags, int width, char type) {
        int missing = width - Texts.length(text);
        if (missing <= 0) {
            return text;
        }
        if (flags.contains("-")) {
            return text + " ".repeat(missing);
        }
        if (flags.contains("0") && "sracn".indexOf(type) < 0) {
            int head = !text.isEmpty() && "+- ".indexOf(text.charAt(0)) >= 0 ? 1 : 0;
            return text.substring(0, head) + "0".repeat(missing) + text.substring(head);
        }
        return " ".repeat(missing) + text;
    }
}
