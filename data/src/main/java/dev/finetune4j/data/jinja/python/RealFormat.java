package dev.finetune4j.data.jinja.python;

import dev.finetune4j.data.source.PythonFloat;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/** Floats in C's three notations, without the sign. */
final class RealFormat {
    private static final int DEFAULT_PRECISION = 6;

    private RealFormat() {}

    /**
     * The size of a number.
     *
     * @param type one of {@code e f g %} or their capitals
     * @param precision -1 for the default
     * @param alternate whether {@code g} keeps trailing zeros
     */
    static String of(double size, char type, int precision, boolean alternate) {
        if (Double.isNaN(size) || Double.isInfinite(size)) {
            String word = Double.isNaN(size) ? "nan" : "inf";
            return Character.isUpperCase(type) ? word.toUpperCase(Locale.ROOT) : word;
        }
        int digits = precision < 0 ? DEFAULT_PRECISION : precision;
        String text = switch (Character.toLowerCase(type)) {
            case 'e' -> scientific(size, digits);
            case 'g' -> general(size, Math.max(1, digits), alternate);
            case '%' -> fixed(size * 100, digits) + "%";
            default -> fixed(size, digits);
        };
        return Character.isUpperCase(type) ? text.toUpperCase(Locale.ROOT) : text;
    }

    private static String fixed(double size, int digits) {
        return new BigDecimal(size).setScale(digits, RoundingMode.HALF_EVEN).toPlainString();
    }

    private static String scientific(double size, int digits) {
        BigDecimal rounded = new BigDecimal(size).round(new MathContext(digits + 1, RoundingMode.HALF_EVEN));
        String unscaled = rounded.unscaledValue().toString();
        int exponent = size == 0 ? 0 : unscaled.length() - rounded.scale() - 1;
        String all = size == 0 ? "0" : unscaled;
        String padded = all + "0".repeat(Math.max(0, digits + 1 - all.length()));
        String fraction = digits == 0 ? "" : "." + padded.substring(1, digits + 1);
        return padded.charAt(0) + fraction + "e" + PythonFloat.exponent(exponent);
    }

    private static String general(double size, int digits, boolean alternate) {
        BigDecimal rounded = new BigDecimal(size).round(new MathContext(digits, RoundingMode.HALF_EVEN));
        int exponent = size == 0 ? 0 : rounded.precision() - rounded.scale() - 1;
        boolean plain = exponent >= -4 && exponent < digits;
        String text = plain ? fixed(size, Math.max(0, digits - 1 - exponent)) : scientific(size, digits - 1);
        return alternate ? text : withoutZeros(text);
    }

    private static String withoutZeros(String text) {
        int e = text.indexOf('e');
        String number = e < 0 ? text : text.substring(0, e);
        if (number.indexOf('.') >= 0) {
            number = number.replaceAll("0+$", "").replaceAll("\\.$", "");
        }
        return e < 0 ? number : number + text.substring(e);
    }
}
