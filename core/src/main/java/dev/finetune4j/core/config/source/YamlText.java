package dev.finetune4j.core.config.source;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.Set;
import java.util.StringJoiner;
import java.util.regex.Pattern;

/** Writes values on one line of YAML that {@link Document} reads back as the same nodes. */
public final class YamlText {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z_./][A-Za-z0-9_./@-]*");
    private static final Set<String> WORDS = Set.of("true", "false", "null", "yes", "no", "on", "off", "y", "n");

    private YamlText() {}

    /** The value as one line. */
    public static String of(JsonNode value) {
        if (value.isObject()) {
            StringJoiner map = new StringJoiner(", ", "{", "}");
            value.properties().forEach(entry -> map.add(text(entry.getKey()) + ": " + of(entry.getValue())));
            return map.toString();
        }
        if (value.isArray()) {
            StringJoiner list = new StringJoiner(", ", "[", "]");
            value.forEach(item -> list.add(of(item)));
            return list.toString();
        }
        if (value.isFloatingPointNumber()) {
            // YAML 1.1 reads 1.0E10 as a word; the exponent needs its sign.
            return Double.toString(value.doubleValue()).replaceFirst("E(?=[0-9])", "E+");
        }
        return value.isTextual() ? text(value.textValue()) : value.asText();
    }

    /** A word as it is where YAML reads it back as that word, otherwise in double quotes. */
    public static String text(String text) {
        boolean plain = PLAIN.matcher(text).matches()
                && !WORDS.contains(text.toLowerCase(Locale.ROOT))
                && text.chars().anyMatch(Character::isLetter);
        return plain ? text : quoted(text);
    }

    private static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        text.codePoints().forEach(point -> {
            if (point == '"' || point == '\\') {
                out.append('\\').appendCodePoint(point);
            } else if (printable(point)) {
                out.appendCodePoint(point);
            } else {
                out.append(String.format(Locale.ROOT, "\\u%04x", point));
            }
        });
        return out.append('"').toString();
    }

    /** What YAML allows unescaped; every other code point lies below U+10000 and is written as {@code \\uXXXX}. */
    private static boolean printable(int point) {
        if (point >= 0x10000) {
            return true;
        }
        boolean ascii = point >= 0x20 && point < 0x7F;
        boolean beyond = point >= 0xA0 && point < 0xFFFE && point != 0xFEFF && point != 0x2028 && point != 0x2029;
        return ascii || (beyond && !Character.isSurrogate((char) point));
    }
}
