package dev.finetune4j.data.jinja.builtin;

import dev.finetune4j.core.error.Nearest;
import dev.finetune4j.data.jinja.method.Builtin;
import dev.finetune4j.data.jinja.method.TextQueries;
import dev.finetune4j.data.jinja.python.Comparison;
import dev.finetune4j.data.jinja.python.Numbers;
import dev.finetune4j.data.jinja.python.Operators;
import dev.finetune4j.data.jinja.python.Repr;
import dev.finetune4j.data.jinja.python.Sequences;
import dev.finetune4j.data.jinja.python.Values;
import dev.finetune4j.data.jinja.value.Function;
import dev.finetune4j.data.jinja.value.Markup;
import dev.finetune4j.data.jinja.value.None;
import dev.finetune4j.data.jinja.value.Undefined;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** All tests by name. */
public final class Tests {
    private static final Map<String, Builtin> TABLE = table();

    private Tests() {}

    /** Null where there is none of that name. */
    public static @Nullable Builtin find(String name) {
        return TABLE.get(name);
    }

    /** What to say about a name without a test. */
    public static String missing(String name) {
        return "there is no test " + name + Nearest.sentence(name, TABLE.keySet());
    }

    private static Map<String, Builtin> table() {
        Map<String, Builtin> table = new HashMap<>();
        kinds(table);
        numbers(table);
        comparisons(table);
        return Map.copyOf(table);
    }

    private static void is(Map<String, Builtin> table, String name, Predicate<Object> test) {
        Builtin.declare(table, name, (budget, self, bound) -> test.test(self));
    }

    private static void kinds(Map<String, Builtin> table) {
        is(table, "defined", value -> !(value instanceof Undefined));
        is(table, "undefined", value -> value instanceof Undefined);
        is(table, "none", value -> value == None.NONE);
        is(table, "boolean", value -> value instanceof Boolean);
        is(table, "true", value -> value instanceof Boolean flag && flag);
        is(table, "false", value -> value instanceof Boolean flag && !flag);
        is(table, "integer", value -> Numbers.isInteger(value) && !(value instanceof Boolean));
        is(table, "float", value -> value instanceof Double);
        is(table, "number", Values::isNumber);
        is(table, "string", value -> Values.asText(value) != null);
        is(table, "mapping", value -> value instanceof Map);
        is(
                table,
                "sequence",
                value -> value instanceof List
                        || value instanceof Map
                        || value instanceof Undefined
                        || Values.asText(value) != null);
        is(table, "iterable", Sequences::isIterable);
        is(table, "callable", value -> value instanceof Function || value instanceof Undefined);
        is(table, "escaped", value -> value instanceof Markup);
        is(
                table,
                "filter",
                value -> Values.asText(value) != null && Filters.find(String.valueOf(Values.asText(value))) != null);
        is(table, "test", value -> Values.asText(value) != null && find(String.valueOf(Values.asText(value))) != null);
        Builtin.declare(table, "lower", (budget, self, bound) -> TextQueries.isLower(Repr.text(budget, self)));
        Builtin.declare(table, "upper", (budget, self, bound) -> TextQueries.isUpper(Repr.text(budget, self)));
        Builtin.declare(table, "sameas other", (budget, self, bound) -> same(self, bound.get(0)));
    }

    /** Identity; short whole numbers and texts are one object each. */
    private static boolean same(Object left, Object right) {
        if (left instanceof Long || left instanceof String || left instanceof Boolean) {
            return left.equals(right);
        }
        return left == right;
    }

    private static void numbers(Map<String, Builtin> table) {
        Builtin.declare(
                table,
                "odd",
                (budget, self, bound) -> Comparison.equal(budget, Operators.binary(budget, "%", self, 2L), 1L));
        Builtin.declare(
                table,
                "even",
                (budget, self, bound) -> Comparison.equal(budget, Operators.binary(budget, "%", self, 2L), 0L));
        Builtin.declare(
                table,
                "divisibleby num",
                (budget, self, bound) ->
                        Comparison.equal(budget, Operators.binary(budget, "%", self, bound.get(0)), 0L));
    }

    private static void comparisons(Map<String, Builtin> table) {
        for (String name : List.of("eq", "equalto", "==")) {
            Builtin.declare(
                    table, name + " / other", (budget, self, bound) -> Comparison.equal(budget, self, bound.get(0)));
        }
        for (String name : List.of("ne", "!=")) {
            Builtin.declare(
                    table, name + " / other", (budget, self, bound) -> !Comparison.equal(budget, self, bound.get(0)));
        }
        ordered(table, ">", "gt", "greaterthan", ">");
        ordered(table, ">=", "ge", ">=");
        ordered(table, "<", "lt", "lessthan", "<");
        ordered(table, "<=", "le", "<=");
        Builtin.declare(table, "in seq", (budget, self, bound) -> Comparison.contains(budget, bound.get(0), self));
    }

    private static void ordered(Map<String, Builtin> table, String operator, String... names) {
        for (String name : names) {
            Builtin.declare(
                    table,
                    name + " / other",
                    (budget, self, bound) -> Comparison.ordered(budget, operator, self, bound.get(0)));
        }
    }
}
