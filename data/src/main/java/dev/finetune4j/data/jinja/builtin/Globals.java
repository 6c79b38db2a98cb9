package dev.finetune4j.data.jinja.builtin;

import dev.finetune4j.data.jinja.method.Builtin;
import dev.finetune4j.data.jinja.python.Comparison;
import dev.finetune4j.data.jinja.python.Numbers;
import dev.finetune4j.data.jinja.python.Repr;
import dev.finetune4j.data.jinja.python.Sequences;
import dev.finetune4j.data.jinja.python.Values;
import dev.finetune4j.data.jinja.value.Arguments;
import dev.finetune4j.data.jinja.value.Attributed;
import dev.finetune4j.data.jinja.value.Budget;
import dev.finetune4j.data.jinja.value.DictView;
import dev.finetune4j.data.jinja.value.Fault;
import dev.finetune4j.data.jinja.value.Function;
import dev.finetune4j.data.jinja.value.Namespace;
import dev.finetune4j.data.jinja.value.None;
import dev.finetune4j.data.jinja.value.Range;
import java.time.Clock;
import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The functions that are there without being given. */
public final class Globals {
    private Globals() {}

    /** @param clock what {@code strftime_now} reads, in its zone */
    public static Map<String, Object> of(Clock clock) {
        Map<String, Builtin> table = new HashMap<>();
        Builtin.declare(table, "range / start stop? step?", (budget, self, bound) -> {
            long first = Numbers.index(bound.get(0));
            return bound.has(1) ? Range.of(first, bound.whole(1, 0), bound.whole(2, 1)) : Range.of(0, first, 1);
        });
        Builtin.declare(table, "raise_exception message", (budget, self, bound) -> {
            throw Fault.refusal(Repr.text(budget, bound.get(0)));
        });
        Builtin.declare(
                table,
                "strftime_now format",
                (budget, self, bound) -> TimeFormat.format(LocalDateTime.now(clock), bound.text(0)));
        Builtin.declare(table, "dict *", (budget, self, bound) -> map(budget, bound.arguments()));
        Builtin.declare(table, "namespace *", (budget, self, bound) -> {
            Namespace namespace = new Namespace();
            map(budget, bound.arguments())
                    .forEach((name, value) -> namespace.set(Repr.text(budget, Values.of(name)), Values.of(value)));
            return namespace;
        });
        Builtin.declare(table, "cycler *", (budget, self, bound) -> {
            if (bound.arguments().positional().isEmpty()) {
                throw new Fault("cycler() needs at least one value");
            }
            return new Cycler(bound.arguments().positional());
        });
        Builtin.declare(table, "joiner sep?", (budget, self, bound) -> new Joiner(bound.or(0, ", ")));
        Map<String, Object> globals = new HashMap<>();
        table.forEach((name, builtin) ->
                globals.put(name, (Function) (budget, arguments) -> builtin.call(budget, None.NONE, arguments)));
        return Map.copyOf(globals);
    }

    /** Python's {@code dict(...)}. */
    private static Map<Object, Object> map(Budget budget, Arguments arguments) {
        if (arguments.positional().size() > 1) {
            throw Fault.type("dict() takes at most one value besides names");
        }
        Map<Object, Object> made = new LinkedHashMap<>();
        for (Object source : arguments.positional()) {
            Object pairs = source instanceof Map<?, ?> map ? new DictView(DictView.Kind.ITEMS, map) : source;
            for (Iterator<Object> walk = Sequences.iterate(budget, pairs); walk.hasNext(); ) {
                List<Object> pair = Sequences.list(budget, walk.next());
                if (pair.size() != 2) {
                    throw new Fault("dict() needs pairs of a key and a value");
                }
                Comparison.put(budget, made, pair.get(0), pair.get(1));
            }
        }
        budget.elements(arguments.named().size());
        made.putAll(arguments.named());
        return made;
    }

    /** Gives its values in turn. */
    private static final class Cycler implements Attributed {
        private final List<Object> values;
        private int at;

        Cycler(List<Object> values) {
            this.values = values;
        }

        @Override
        public @Nullable Object attribute(String name) {
            return switch (name) {
                case "current" -> values.get(at);
                case "next" ->
                    (Function) (budget, arguments) -> {
                        Object current = values.get(at);
                        at = (at + 1) % values.size();
                        return current;
                    };
                case "reset" ->
                    (Function) (budget, arguments) -> {
                        at = 0;
                        return None.NONE;
                    };
                default -> null;
            };
        }

        @Override
        public String typeName() {
            return "Cycler";
        }
    }

    /** Gives nothing the first time, and its separator from then on. */
    private static final class Joiner implements Attributed, Function {
        private final Object separator;
        private boolean used;

        Joiner(Object separator) {
            this.separator = separator;
        }

        @Override
        public Object call(Budget budget, Arguments arguments) {
            boolean before = used;
            used = true;
            return before ? separator : "";
        }

        @Override
        public @Nullable Object attribute(String name) {
            return switch (name) {
                case "sep" -> separator;
                case "used" -> used;
                default -> null;
            };
        }

        @Override
        public String typeName() {
            return "Joiner";
        }
    }
}
