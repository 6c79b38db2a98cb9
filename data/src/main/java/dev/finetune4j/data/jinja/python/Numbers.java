package dev.finetune4j.data.jinja.python;

import dev.finetune4j.data.jinja.value.Fault;
import dev.finetune4j.data.jinja.value.Undefined;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Arithmetic of Python's whole numbers, which never overflow, and floats. */
public final class Numbers {
    /** Larger numbers have no use in a text and take long to compute. */
    private static final int MOST_BITS = 1 << 16;

    private Numbers() {}

    /** Long where it fits, else as it is. */
    static Object shrink(BigInteger number) {
        if (number.bitLength() > MOST_BITS) {
            throw new Fault("it computes a whole number of more than " + MOST_BITS + " bits");
        }
        return number.bitLength() < Long.SIZE ? (Object) number.longValue() : number;
    }

    public static boolean isInteger(Object value) {
        return value instanceof Long || value instanceof Boolean || value instanceof BigInteger;
    }

    static BigInteger big(Object integer) {
        if (integer instanceof BigInteger big) {
            return big;
        }
        return BigInteger.valueOf(integer instanceof Boolean flag ? (flag ? 1 : 0) : (Long) integer);
    }

    /** A number as a double. */
    public static double real(Object number) {
        if (number instanceof Double real) {
            return real;
        }
        double real = big(number).doubleValue();
        if (Double.isInfinite(real)) {
            throw new Fault("a whole number is too large for a float");
        }
        return real;
    }

    /** A whole number that serves as a place or a count. */
    public static long index(Object value) {
        if (value instanceof Long number) {
            return number;
        }
        if (value instanceof Boolean flag) {
            return flag ? 1 : 0;
        }
        if (value instanceof BigInteger big) {
            return big.signum() > 0 ? Long.MAX_VALUE : Long.MIN_VALUE;
        }
        if (value instanceof Undefined undefined) {
            throw undefined.fault();
        }
        throw Fault.type("a " + Values.type(value) + " stands where a whole number is needed");
    }

    /** Both are numbers; null where either is not. */
    static @Nullable Object arithmetic(String operator, Object left, Object right) {
        if (!Values.isNumber(left) || !Values.isNumber(right)) {
            return null;
        }
        if (left instanceof Double || right instanceof Double) {
            return floats(operator, real(left), real(right));
        }
        return switch (operator) {
            case "/" -> quotient(big(left), big(right));
            case "**" -> power(big(left), big(right));
            default ->
                left instanceof Long a && right instanceof Long b
                        ? longs(operator, a, b)
                        : integers(operator, big(left), big(right));
        };
    }

    private static Object longs(String operator, long a, long b) {
        switch (operator) {
            case "+" -> {
                long sum = a + b;
                return ((a ^ sum) & (b ^ sum)) < 0 ? integers(operator, big(a), big(b)) : (Object) sum;
            }
            case "-" -> {
                long difference = a - b;
                return ((a ^ b) & (a ^ difference)) < 0 ? integers(operator, big(a), big(b)) : (Object) difference;
            }
            case "//" -> {
                nonZero(b == 0);
                return b == -1 ? integers(operator, big(a), big(b)) : (Object) Math.floorDiv(a, b);
            }
            case "%" -> {
                nonZero(b == 0);
                return Math.floorMod(a, b);
            }
            default -> {
                return integers(operator, big(a), big(b));
            }
        }
    }

    private static Object integers(String operator, BigInteger a, BigInteger b) {
        return switch (operator) {
            case "+" -> shrink(a.add(b));
            case "-" -> shrink(a.subtract(b));
            case "*" -> shrink(a.multiply(b));
            case "//" -> {
                nonZero(b.signum() == 0);
                BigInteger[] parts = a.divideAndRemainder(b);
                boolean down = parts[1].signum() != 0 && parts[1].signum() != b.signum();
                yield shrink(down ? parts[0].subtract(BigInteger.ONE) : parts[0]);
            }
            default -> {
                nonZero(b.signum() == 0);
                BigInteger rest = a.remainder(b);
                yield shrink(rest.signum() != 0 && rest.signum() != b.signum() ? rest.add(b) : rest);
            }
        };
    }

    private static Object quotient(BigInteger a, BigInteger b) {
        nonZero(b.signum() == 0);
        return new BigDecimal(a)
                .divide(new BigDecimal(b), new MathContext(40, RoundingMode.HALF_EVEN))
                .doubleValue();
    }

    private static Object power(BigInteger base, BigInteger exponent) {
        if (exponent.signum() < 0) {
            nonZero(base.signum() == 0);
            return Math.pow(base.doubleValue(), exponent.doubleValue());
        }
        if (base.bitLength() > 1
                && (exponent.bitLength() > 20 || (long) base.bitLength() * exponent.intValue() > MOST_BITS)) {
            throw new Fault("it computes a whole number of more than " + MOST_BITS + " bits");
        }
        if (base.bitLength() <= 1 && exponent.bitLength() > 20) {
            boolean odd = exponent.testBit(0);
            return base.signum() < 0 ? (Object) (odd ? -1L : 1L) : (Object) (long) base.signum();
        }
        return shrink(base.pow(exponent.intValue()));
    }

    private static Object floats(String operator, double a, double b) {
        return switch (operator) {
            case "+" -> a + b;
            case "-" -> a - b;
            case "*" -> a * b;
            case "/" -> {
                nonZero(b == 0);
                yield a / b;
            }
            case "//" -> {
                nonZero(b == 0);
                yield Math.floor((a - modulo(a, b)) / b + 0.5) + 0.0;
            }
            case "%" -> {
                nonZero(b == 0);
                yield modulo(a, b);
            }
            default -> floatPower(a, b);
        };
    }

    private static double floatPower(double a, double b) {
        nonZero(a == 0 && b < 0);
        double power = Math.pow(a, b);
        if (Double.isNaN(power) && !Double.isNaN(a) && !Double.isNaN(b)) {
            throw new Fault("a power of a negative number that is not real");
        }
        if (Double.isInfinite(power) && !Double.isInfinite(a) && !Double.isInfinite(b)) {
            throw new Fault("a power is too large for a float");
        }
        return power;
    }

    private static double modulo(double a, double b) {
        double rest = a % b;
        if (rest == 0) {
            return Math.copySign(0.0, b);
        }
        return (rest < 0) != (b < 0) ? rest + b : rest;
    }

    private static void nonZero(boolean zero) {
        if (zero) {
            throw new Fault("division by zero");
        }
    }

    static Object negate(Object number) {
        return number instanceof Double real
                ? (Object) (-real)
                : shrink(big(number).negate());
    }

    /** The size without the sign. */
    public static Object absolute(Object number) {
        if (number instanceof Undefined undefined) {
            throw undefined.fault();
        }
        if (!Values.isNumber(number)) {
            throw Fault.type("a " + Values.type(number) + " has no absolute value");
        }
        return number instanceof Double real
                ? (Object) Math.abs(real)
                : shrink(big(number).abs());
    }

    /** The whole number that a text spells in a base, null where it spells none. Python allows one _ between digits. */
    public static @Nullable Object parse(String spelled, int base) {
        String text = Texts.strip(spelled);
        boolean negative = text.startsWith("-");
        String digits = negative || text.startsWith("+") ? text.substring(1) : text;
        int radix = base;
        String prefix = digits.length() > 2 ? digits.substring(0, 2).toLowerCase(Locale.ROOT) : "";
        int named = prefix.equals("0x") ? 16 : prefix.equals("0o") ? 8 : prefix.equals("0b") ? 2 : 0;
        if (named != 0 && (base == 0 || base == named)) {
            radix = named;
            digits = digits.substring(2);
        }
        if (radix == 0) {
            radix = 10;
        }
        if (digits.startsWith("_") || digits.endsWith("_") || digits.contains("__")) {
            return null;
        }
        digits = digits.replace("_", "");
        if (digits.isEmpty() || radix < 2 || radix > 36 || digits.length() > 4300) {
            return null;
        }
        for (int i = 0; i < digits.length(); i++) {
            if (Character.digit(digits.charAt(i), radix) < 0) {
                return null;
            }
        }
        BigInteger number = new BigInteger(digits, radix);
        return shrink(negative ? number.negate() : number);
    }

    /** The float that a text spells, null where it spells none. */
    public static @Nullable Double parseReal(String spelled) {
        String text = Texts.strip(spelled).toLowerCase(Locale.ROOT);
        if (text.matches("[+-]?(inf|infinity)")) {
            return text.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }
        if (text.matches("[+-]?nan")) {
            return Double.NaN;
        }
        if (text.length() > 4300
                || !text.matches("[+-]?(\\d+(_\\d+)*\\.?(\\d+(_\\d+)*)?|\\.\\d+(_\\d+)*)(e[+-]?\\d+(_\\d+)*)?")) {
            return null;
        }
        return Double.parseDouble(text.replace("_", ""));
    }

    /** Towards zero. */
    public static Object truncate(double value) {
        return shrink(new BigDecimal(value).toBigInteger());
    }
}
