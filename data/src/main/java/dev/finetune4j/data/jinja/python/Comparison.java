package dev.finetune4j.data.jinja.python;

import dev.finetune4j.data.jinja.value.Budget;
import dev.finetune4j.data.jinja.value.DictView;
import dev.finetune4j.data.jinja.value.Fault;
import dev.finetune4j.data.jinja.value.Tuple;
import dev.finetune4j.data.jinja.value.Undefined;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Python's equality, order and membership. */
public final class Comparison {
    private Comparison() {}

    /** {@code left == right}; numbers by value whatever their type, containers by content. */
    public static boolean equal(Budget budget, Object left, Object right) {
        if (left == right) {
            return !(left instanceof Double number) || !number.isNaN();
        }
        String text = Values.asText(left);
        if (text != null) {
            return text.equals(Values.asText(right));
        }
        if (Values.isNumber(left) && Values.isNumber(right)) {
            return compareNumbers(left, right) == 0;
        }
        if (left instanceof Undefined) {
            return right instanceof Undefined;
        }
        if (left instanceof List<?> a && right instanceof List<?> b) {
            return sameSequence(left, right) && equalLists(budget, a, b);
        }
        if (left instanceof Map<?, ?> a && right instanceof Map<?, ?> b) {
            return equalMaps(budget, a, b);
        }
        return false;
    }

    private static boolean sameSequence(Object left, Object right) {
        return Values.isList(left) == Values.isList(right) && left instanceof Tuple == right instanceof Tuple;
    }

    private static boolean equalLists(Budget budget, List<?> a, List<?> b) {
        if (a.size() != b.size()) {
            return false;
        }
        budget.descend();
        boolean equal = true;
        for (int i = 0; equal && i < a.size(); i++) {
            budget.step();
            equal = equal(budget, Sequences.at(a, i), Sequences.at(b, i));
        }
        budget.ascend();
        return equal;
    }

    private static boolean equalMaps(Budget budget, Map<?, ?> a, Map<?, ?> b) {
        if (a.size() != b.size()) {
            return false;
        }
        budget.descend();
        boolean equal = true;
        for (Map.Entry<?, ?> entry : a.entrySet()) {
            Object other = lookup(budget, b, Values.of(entry.getKey()));
            equal = other != null && equal(budget, Values.of(entry.getValue()), other);
            if (!equal) {
                break;
            }
        }
        budget.ascend();
        return equal;
    }

    /**
     * The value under a key, null where there is none. Keys that are no texts are searched one by one: numbers of other
     * types are the same key to Python.
     */
    public static @Nullable Object lookup(Budget budget, Map<?, ?> map, Object key) {
        String text = Values.asText(key);
        if (text != null) {
            Object value = map.get(text);
            return value != null || map.containsKey(text) ? Values.of(value) : null;
        }
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            budget.step();
            if (equal(budget, Values.of(entry.getKey()), key)) {
                return Values.of(entry.getValue());
            }
        }
        return null;
    }

    /** Adds or replaces an entry; a key that equals a present one keeps the present one's spelling. */
    public static void put(Budget budget, Map<Object, Object> map, Object key, Object value) {
        if (!isHashable(budget, key)) {
            throw Fault.type("a " + Values.type(key) + " cannot be a key");
        }
        budget.elements(1);
        String text = Values.asText(key);
        Object place = text == null ? key : text;
        if (text == null && !map.containsKey(key)) {
            for (Object present : map.keySet()) {
                budget.step();
                if (equal(budget, present, key)) {
                    place = present;
                    break;
                }
            }
        }
        map.put(place, value);
    }

    /** Whether Python could use it as a key. */
    public static boolean isHashable(Budget budget, Object value) {
        if (value instanceof Tuple tuple) {
            budget.descend();
            boolean hashable = tuple.stream().allMatch(element -> isHashable(budget, Values.of(element)));
            budget.ascend();
            return hashable;
        }
        return !Values.isList(value) && !(value instanceof Map) && !(value instanceof DictView);
    }

    private static int compareNumbers(Object left, Object right) {
        if (left instanceof Long a && right instanceof Long b) {
            return Long.compare(a, b);
        }
        if (left instanceof Double || right instanceof Double) {
            double a = left instanceof Double real ? real : Numbers.big(left).doubleValue();
            double b = right instanceof Double real ? real : Numbers.big(right).doubleValue();
            if (Double.isNaN(a) || Double.isNaN(b)) {
                return 2;
            }
            return a == b ? 0 : a < b ? -1 : 1;
        }
        return Numbers.big(left).compareTo(Numbers.big(right));
    }

    /** {@code left operator right} for {@code < <= > >=}. */
    public static boolean ordered(Budget budget, String operator, Object left, Object right) {
        int order = compare(budget, left, right);
        return switch (operator) {
            case "<" -> order == -1;
            case "<=" -> order == -1 || order == 0;
            case ">" -> order == 1;
            default -> order == 1 || order == 0;
        };
    }

    /**
     * -1, 0 or 1; 2 where a number is none.
     *
     * @throws Fault for what Python does not order
     */
    public static int compare(Budget budget, Object left, Object right) {
        if (Values.isNumber(left) && Values.isNumber(right)) {
            return compareNumbers(left, right);
        }
        String a = Values.asText(left);
        String b = Values.asText(right);
        if (a != null && b != null) {
            return compareTexts(a, b);
        }
        if (left instanceof List<?> x && right instanceof List<?> y && sameSequence(left, right)) {
            return compareLists(budget, x, y);
        }
        if (left instanceof Undefined undefined) {
            throw undefined.fault();
        }
        if (right instanceof Undefined undefined) {
            throw undefined.fault();
        }
        throw Fault.type("a " + Values.type(left) + " and a " + Values.type(right) + " have no order");
    }

    /** By code points, which UTF-16 order is not. */
    private static int compareTexts(String a, String b) {
        int shorter = Math.min(a.length(), b.length());
        for (int i = 0; i < shorter; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                boolean bothOrNone = Character.isSurrogate(x) == Character.isSurrogate(y);
                return (bothOrNone ? x < y : Character.isSurrogate(y)) ? -1 : 1;
            }
        }
        return Integer.compare(a.length(), b.length());
    }

    private static int compareLists(Budget budget, List<?> a, List<?> b) {
        budget.descend();
        int order = Integer.compare(a.size(), b.size());
        for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
            budget.step();
            Object x = Sequences.at(a, i);
            Object y = Sequences.at(b, i);
            if (!equal(budget, x, y)) {
                order = compare(budget, x, y);
                break;
            }
        }
        budget.ascend();
        return order;
    }

    /** {@code element in container}. */
    public static boolean contains(Budget budget, Object container, Object element) {
        String text = Values.asText(container);
        if (text != null) {
            String part = Values.asText(element);
            if (part == null) {
                throw Fault.type("a text contains texts, and no " + Values.type(element));
            }
            budget.steps(text.length() / 64);
            return text.contains(part);
        }
        if (container instanceof Map<?, ?> map) {
            if (!isHashable(budget, element)) {
                throw Fault.type("a " + Values.type(element) + " cannot be a key");
            }
            return lookup(budget, map, element) != null;
        }
        for (Iterator<Object> walk = Sequences.iterate(budget, container); walk.hasNext(); ) {
            Object next = walk.next();
            if (next == element || equal(budget, next, element)) {
                return true;
            }
        }
        return false;
    }
}
