package dev.finetune4j.data.source;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** Python's shortest spelling of a float: plain between 1e-4 and 1e16, with a signed two-digit exponent outside. */
public final class PythonFloat {
    private static final int LARGEST_PLAIN = 16;
    private static final int CERTAIN_DIGITS = 15;
    private static final int MOST_DIGITS = 17;

    private PythonFloat() {}

    /** As {@code repr} and {@code str} write it. */
    public static String of(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "inf" : "-inf";
        }
        if (value == 0) {
            return 1 / value < 0 ? "-0.0" : "0.0";
        }
        BigDecimal decimal = shortest(Math.abs(value));
        String digits = decimal.unscaledValue().toString();
        int exponent = digits.length() - decimal.scale() - 1;
        String sign = value < 0 ? "-" : "";
        if (exponent < -4 || exponent >= LARGEST_PLAIN) {
            String fraction = digits.length() == 1 ? "" : "." + digits.substring(1);
            return sign + digits.charAt(0) + fraction + "e" + exponent(exponent);
        }
        String plain = decimal.toPlainString();
        return sign + (plain.indexOf('.') < 0 ? plain + ".0" : plain);
    }

    /** A signed exponent of at least two digits. */
    public static String exponent(int exponent) {
        int size = Math.abs(exponent);
        return (exponent < 0 ? "-" : "+") + (size < 10 ? "0" : "") + size;
    }

    /**
     * The fewest digits that read back as the same number. Before JDK 19 {@code Double.toString} sometimes writes too many;
     * up to 15 digits it cannot, as no two such decimals are the same double.
     */
    private static BigDecimal shortest(double value) {
        BigDecimal written = new BigDecimal(Double.toString(value)).stripTrailingZeros();
        if (written.precision() <= CERTAIN_DIGITS && value >= Double.MIN_NORMAL) {
            return written;
        }
        BigDecimal exact = new BigDecimal(value);
        for (int digits = value < Double.MIN_NORMAL ? 1 : CERTAIN_DIGITS; digits < MOST_DIGITS; digits++) {
            BigDecimal rounded = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
            if (rounded.doubleValue() == value) {
                return rounded.stripTrailingZeros();
            }
        }
        return exact.round(new MathContext(MOST_DIGITS, RoundingMode.HALF_EVEN)).stripTrailingZeros();
    }
}
