package dev.finetune4j.data.jinja.builtin;

import dev.finetune4j.data.jinja.method.Bound;
import dev.finetune4j.data.jinja.method.Builtin;
import dev.finetune4j.data.jinja.python.Numbers;
import dev.finetune4j.data.jinja.python.Values;
import dev.finetune4j.data.jinja.value.Budget;
import dev.finetune4j.data.jinja.value.Fault;
import dev.finetune4j.data.jinja.value.None;
import dev.finetune4j.data.jinja.value.Undefined;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Filters on numbers, and from texts to numbers. */
final class NumberFilters {
    private static final int MOST_DIGITS = 400;

    private NumberFilters() {}

    static void declare(Map<String, Builtin> table) {
        Builtin.declare(table, "abs", (budget, self, bound) -> Numbers.absolute(self));
        Builtin.declare(table, "int default? base?", (budget, self, bound) -> {
            Object number = whole(self, (int) bound.whole(1, 10));
            return number == null ? bound.or(0, 0L) : number;
        });
        Builtin.declare(table, "float default?", (budget, self, bound) -> {
            Object number = real(self);
            return number == null ? bound.or(0, 0.0) : number;
        });
        Builtin.declare(table, "round precision? method?", NumberFilters::round);
        Builtin.declare(table, "filesizeformat binary?", (budget, self, bound) -> {
            Object bytes = real(self);
            if (bytes == null) {
                throw Fault.type("filesizeformat needs a number");
            }
            return fileSize((Double) bytes, bound.flag(0, false));
        });
    }

    private static @Nullable Object whole(Object value, int base) {
        if (value instanceof Undefined undefined) {
            throw undefined.fault();
        }
        String text = Values.asText(value);
        if (text != null) {
            Object number = Numbers.parse(text, base);
            if (number != null) {
                return number;
            }
            Double real = Numbers.parseReal(text);
            return real == null || real.isNaN() || real.isInfinite() ? null : Numbers.truncate(real);
        }
        if (value instanceof Double real) {
            if (real.isInfinite()) {
                throw new Fault("an infinite number has no whole part");
            }
            return real.isNaN() ? null : Numbers.truncate(real);
        }
        return value instanceof Boolean flag ? (Object) (flag ? 1L : 0L) : Numbers.isInteger(value) ? value : null;
    }

    private static @Nullable Object real(Object value) {
        if (value instanceof Undefined undefined) {
            throw undefined.fault();
        }
        String text = Values.asText(value);
        if (text != null) {
            return Numbers.parseReal(text);
        }
        return Values.isNumber(value) ? (Object) Numbers.real(value) : null;
    }

    private static Object round(Budget budget, Object self, Bound bound) {
        String method = bound.has(1) ? bound.text(1) : "common";
        if (!method.equals("common") && !method.equals("ceil") && !method.equals("floor")) {
            throw new Fault("round goes by common, ceil or floor, not by \"" + method + "\"");
        }
        if (!Values.isNumber(self)) {
            if (self instanceof Undefined undefined) {
                throw undefined.fault();
            }
            throw Fault.type("a " + Values.type(self) + " cannot be rounded; add | float");
        }
        boolean toWhole = bound.or(0, 0L) == None.NONE;
        long digits = toWhole ? 0 : bound.whole(0, 0);
        if (Math.abs(digits) > MOST_DIGITS) {
            throw new Fault("round goes to " + digits + " digits");
        }
        if (method.equals("common")) {
            Object rounded = common(self, (int) digits);
            return toWhole && rounded instanceof Double real ? Numbers.truncate(real) : rounded;
        }
        double scale = Math.pow(10, digits);
        double scaled = Numbers.real(self) * scale;
        return (method.equals("ceil") ? Math.ceil(scaled) : Math.floor(scaled)) / scale;
    }

    /** Half to even, of the exact value. */
    private static Object common(Object number, int digits) {
        if (number instanceof Double real) {
            if (real.isNaN() || real.isInfinite()) {
                return real;
            }
            double rounded = new BigDecimal(real)
                    .setScale(digits, RoundingMode.HALF_EVEN)
                    .doubleValue();
            return Math.copySign(rounded, real);
        }
        if (digits >= 0) {
            return number instanceof Boolean flag ? (Object) (flag ? 1L : 0L) : number;
        }
        BigDecimal exact =
                new BigDecimal(number instanceof BigInteger big ? big : BigInteger.valueOf(Numbers.index(number)));
        BigInteger rounded = exact.setScale(digits, RoundingMode.HALF_EVEN).toBigInteger();
        return rounded.bitLength() < Long.SIZE ? (Object) rounded.longValue() : rounded;
    }

    private static String fileSize(double bytes, boolean binary) {
        double base = binary ? 1024 : 1000;
        if (bytes == 1) {
            return "1 Byte";
        }
        if (bytes < base) {
            return (long) bytes + " Bytes";
        }
        String prefixes = binary ? "KMGTPEZY" : "kMGTPEZY";
        double unit = base;
        for (int i = 0; ; i++) {
            unit *= base;
            if (bytes < unit || i == prefixes.length() - 1) {
                String size = new BigDecimal(base * bytes / unit)
                        .setScale(1, RoundingMode.HALF_EVEN)
                        .toPlainString();
                return String.format(Locale.ROOT, "%s %s%s", size, prefixes.charAt(i), binary ? "iB" : "B");
            }
        }
    }
}
