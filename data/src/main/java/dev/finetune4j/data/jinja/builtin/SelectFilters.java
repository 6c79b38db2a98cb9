package dev.finetune4j.data.jinja.builtin;

import dev.finetune4j.data.jinja.method.Access;
import dev.finetune4j.data.jinja.method.Bound;
import dev.finetune4j.data.jinja.method.Builtin;
import dev.finetune4j.data.jinja.python.Sequences;
import dev.finetune4j.data.jinja.python.Values;
import dev.finetune4j.data.jinja.value.Arguments;
import dev.finetune4j.data.jinja.value.Budget;
import dev.finetune4j.data.jinja.value.Fault;
import dev.finetune4j.data.jinja.value.Filtered;
import dev.finetune4j.data.jinja.value.Lazy;
import dev.finetune4j.data.jinja.value.None;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Filters that keep or change each element. They work when their elements are asked for, as Python's generators do. */
final class SelectFilters {
    private SelectFilters() {}

    static void declare(Map<String, Builtin> table) {
        Builtin.declare(table, "map *", SelectFilters::map);
        select(table, "select", true, false);
        select(table, "reject", false, false);
        select(table, "selectattr", true, true);
        select(table, "rejectattr", false, true);
    }

    private static Object map(Budget budget, Object self, Bound bound) {
        return lazily(budget, self, () -> {
            UnaryOperator<Object> change = change(budget, bound.arguments());
            Iterator<Object> source = Sequences.iterate(budget, self);
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    return source.hasNext();
                }

                @Override
                public Object next() {
                    return change.apply(source.next());
                }
            };
        });
    }

    private static UnaryOperator<Object> change(Budget budget, Arguments arguments) {
        if (arguments.positional().isEmpty()) {
            Map<String, Object> named = new LinkedHashMap<>(arguments.named());
            Object attribute = named.remove("attribute");
            Object otherwise = named.remove("default");
            if (attribute == null || !named.isEmpty()) {
                throw new Fault("map needs the name of a filter, or attribute=... and perhaps default=...");
            }
            Object fallback = otherwise == None.NONE ? null : otherwise;
            return element -> Access.path(budget, element, attribute, fallback);
        }
        String name = Values.asText(arguments.positional().get(0));
        Builtin filter = name == null ? null : Filters.find(name);
        if (filter == null) {
            throw new Fault(Filters.missing(String.valueOf(name)));
        }
        Arguments rest = arguments.skip(1);
        return element -> filter.call(budget, element, rest);
    }

    private static void select(Map<String, Builtin> table, String name, boolean wanted, boolean attribute) {
        Builtin.declare(
                table,
                name + " *",
                (budget, self, bound) -> lazily(
                        budget,
                        self,
                        () -> selected(budget, self, test(budget, bound.arguments(), attribute), wanted)));
    }

    private static Predicate<Object> test(Budget budget, Arguments arguments, boolean attribute) {
        if (attribute && arguments.positional().isEmpty()) {
            throw new Fault("selectattr and rejectattr need the name of an attribute");
        }
        int at = attribute ? 1 : 0;
        Predicate<Object> test;
        if (arguments.positional().size() <= at) {
            test = Values::truth;
        } else {
            String name = Values.asText(arguments.positional().get(at));
            Builtin found = name == null ? null : Tests.find(name);
            if (found == null) {
                throw new Fault(Tests.missing(String.valueOf(name)));
            }
            Arguments rest = arguments.skip(at + 1);
            test = element -> Values.truth(found.call(budget, element, rest));
        }
        if (!attribute) {
            return test;
        }
        Object path = arguments.positional().get(0);
        return element -> test.test(Access.path(budget, element, path, null));
    }

    private interface Source {
        Iterator<Object> open();
    }

    /** Nothing is checked before the first element is asked for, and nothing at all where there is none. */
    private static Object lazily(Budget budget, Object self, Source source) {
        return new Lazy(new Iterator<>() {
            private @Nullable Iterator<Object> opened;

            private Iterator<Object> opened() {
                Iterator<Object> present = opened;
                if (present == null) {
                    present = Values.truth(self) ? source.open() : Collections.emptyIterator();
                    opened = present;
                }
                return present;
            }

            @Override
            public boolean hasNext() {
                return opened().hasNext();
            }

            @Override
            public Object next() {
                budget.step();
                return opened().next();
            }
        });
    }

    private static Iterator<Object> selected(Budget budget, Object self, Predicate<Object> test, boolean wanted) {
        return new Filtered(Sequences.iterate(budget, self), wanted ? test : test.negate());
    }
}
