package dev.finetune4j.data.jinja.python;

import dev.finetune4j.data.jinja.value.Budget;
import dev.finetune4j.data.jinja.value.Fault;
import dev.finetune4j.data.jinja.value.Markup;
import dev.finetune4j.data.jinja.value.Tuple;
import dev.finetune4j.data.jinja.value.Undefined;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The operators between two values. */
public final class Operators {
    private Operators() {}

    /** {@code left operator right} for {@code + - * / // % **}. */
    public static Object binary(Budget budget, String operator, Object left, Object right) {
        Object number = Numbers.arithmetic(operator, left, right);
        if (number != null) {
            return number;
        }
        Object other = switch (operator) {
            case "+" -> add(budget, left, right);
            case "*" -> repeat(budget, left, right);
            case "%" -> format(budget, left, right);
            default -> null;
        };
        if (other != null) {
            return other;
        }
        if (left instanceof Undefined undefined) {
            throw undefined.fault();
        }
        if (right instanceof Undefined undefined) {
            throw undefined.fault();
        }
        throw Fault.type("a " + Values.type(left) + " and a " + Values.type(right) + " do not go with " + operator
                + (operator.equals("+") ? "; use ~ to join texts" : ""));
    }

    private static @Nullable Object add(Budget budget, Object left, Object right) {
        if (left instanceof String a && right instanceof String b) {
            budget.text((long) a.length() + b.length());
            return a.concat(b);
        }
        if (left instanceof List<?> a && right instanceof List<?> b) {
            boolean tuples = left instanceof Tuple && right instanceof Tuple;
            if (!tuples && !(Values.isList(left) && Values.isList(right))) {
                return null;
            }
            budget.elements((long) a.size() + b.size());
            List<Object> joined = new ArrayList<>(a.size() + b.size());
            joined.addAll(a);
            joined.addAll(b);
            return tuples ? new Tuple(joined) : joined;
        }
        return markup(budget, left, right);
    }

    private static @Nullable Object markup(Budget budget, Object left, Object right) {
        String a = Values.asText(left);
        String b = Values.asText(right);
        if (a == null || b == null) {
            return null;
        }
        budget.text(6L * (a.length() + (long) b.length()));
        String first = left instanceof Markup ? a : Markup.escape(a);
        return new Markup(first + (right instanceof Markup ? b : Markup.escape(b)));
    }

    private static @Nullable Object repeat(Budget budget, Object left, Object right) {
        if (Numbers.isInteger(left) && !Numbers.isInteger(right)) {
            return repeat(budget, right, left);
        }
        if (!Numbers.isInteger(right)) {
            return null;
        }
        long count = Math.max(0, Numbers.index(right));
        String text = Values.asText(left);
        if (text != null) {
            if (text.isEmpty()) {
                return left;
            }
            budget.text(times(text.length(), count));
            String repeated = text.repeat((int) count);
            return left instanceof Markup ? new Markup(repeated) : repeated;
        }
        if (Values.isList(left) || left instanceof Tuple) {
            List<?> list = (List<?>) left;
            budget.elements(times(list.size(), count));
            List<Object> repeated = new ArrayList<>();
            for (long i = 0; i < count && !list.isEmpty(); i++) {
                repeated.addAll(list);
            }
            return left instanceof Tuple ? new Tuple(repeated) : repeated;
        }
        return null;
    }

    private static long times(long size, long count) {
        return size > 0 && count > Integer.MAX_VALUE ? Long.MAX_VALUE / 64 : size * count;
    }

    private static @Nullable Object format(Budget budget, Object left, Object right) {
        String pattern = Values.asText(left);
        return pattern == null ? null : PercentFormat.format(budget, pattern, right);
    }

    public static Object negative(Object value) {
        if (value instanceof Undefined undefined) {
            throw undefined.fault();
        }
        if (!Values.isNumber(value)) {
            throw Fault.type("a " + Values.type(value) + " has no negative");
        }
        return Numbers.negate(value);
    }

    public static Object positive(Object value) {
        Object twice = negative(value);
        return Numbers.negate(twice);
    }
}
