package dev.finetune4j.data.jinja.python;

import dev.finetune4j.data.jinja.value.Budget;
import dev.finetune4j.data.jinja.value.DictView;
import dev.finetune4j.data.jinja.value.Fault;
import dev.finetune4j.data.jinja.value.Lazy;
import dev.finetune4j.data.jinja.value.None;
import dev.finetune4j.data.jinja.value.Range;
import dev.finetune4j.data.jinja.value.Tuple;
import dev.finetune4j.data.jinja.value.Undefined;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Walking over values, and cutting pieces out of them. */
public final class Sequences {
    private Sequences() {}

    /** Whether {@link #iterate} works. */
    public static boolean isIterable(Object value) {
        return value instanceof List
                || value instanceof Map
                || value instanceof DictView
                || value instanceof Lazy
                || value instanceof Undefined
                || Values.asText(value) != null;
    }

    /** The elements, keys or characters, each charged as a step. */
    public static Iterator<Object> iterate(Budget budget, Object value) {
        if (value instanceof List<?> list) {
            return new Charged(budget, list.iterator());
        }
        if (value instanceof Lazy lazy) {
            return lazy.elements();
        }
        if (value instanceof Map<?, ?> map) {
            return new Charged(budget, map.keySet().iterator());
        }
        if (value instanceof DictView view) {
            return view(budget, view);
        }
        if (value instanceof Undefined) {
            return Collections.emptyIterator();
        }
        String text = Values.asText(value);
        if (text != null) {
            return new Charged(
                    budget, text.codePoints().mapToObj(Character::toString).iterator());
        }
        throw Fault.type("a " + Values.type(value) + " is nothing to walk over");
    }

    private static Iterator<Object> view(Budget budget, DictView view) {
        return switch (view.kind()) {
            case KEYS -> new Charged(budget, view.map().keySet().iterator());
            case VALUES -> new Charged(budget, view.map().values().iterator());
            case ITEMS ->
                new Charged(
                        budget,
                        view.map().entrySet().stream()
                                .map(entry -> Tuple.of(Values.of(entry.getKey()), Values.of(entry.getValue())))
                                .iterator());
        };
    }

    /** Everything that {@link #iterate} gives, in a list of its own. */
    public static List<Object> list(Budget budget, Object value) {
        List<Object> elements = new ArrayList<>();
        for (Iterator<Object> walk = iterate(budget, value); walk.hasNext(); ) {
            budget.elements(1);
            elements.add(walk.next());
        }
        return elements;
    }

    /** An element of a list by its place, as templates know values. */
    public static Object at(List<?> list, int place) {
        return Values.of(list.get(place));
    }

    /** The same things from the end to the front. */
    public static List<Object> reversed(Budget budget, List<?> list) {
        budget.elements(list.size());
        List<Object> reversed = new ArrayList<>(list.size());
        for (int i = list.size() - 1; i >= 0; i--) {
            reversed.add(at(list, i));
        }
        return reversed;
    }

    /**
     * Python's {@code value[start:stop:step]}.
     *
     * @throws Fault for what cannot be cut, and for bounds that are no whole numbers
     */
    public static Object slice(Budget budget, Object value, Object start, Object stop, Object step) {
        String text = Values.asText(value);
        if (text == null && !(value instanceof List)) {
            if (value instanceof Undefined undefined) {
                throw undefined.fault();
            }
            throw Fault.type("a " + Values.type(value) + " cannot be cut with [a:b]");
        }
        int length = text == null ? ((List<?>) value).size() : Texts.length(text);
        long by = step == None.NONE ? 1 : Numbers.index(step);
        if (by == 0) {
            throw new Fault("a slice needs a step other than 0");
        }
        int from = bound(start, length, by, by > 0 ? 0 : length - 1);
        int to = bound(stop, length, by, by > 0 ? length : -1);
        return text == null ? list(budget, (List<?>) value, from, to, by) : text(budget, text, from, to, by);
    }

    private static int bound(Object given, int length, long step, int otherwise) {
        if (given == None.NONE) {
            return otherwise;
        }
        long place = Numbers.index(given);
        if (place < 0) {
            place += length;
        }
        long lowest = step > 0 ? 0 : -1;
        return (int) Math.max(lowest, Math.min(place, step > 0 ? length : length - 1));
    }

    private static Object text(Budget budget, String text, int from, int to, long step) {
        if (step == 1) {
            String cut = Texts.cut(text, from, to);
            budget.text(cut.length());
            return cut;
        }
        int[] points = text.codePoints().toArray();
        budget.text(points.length);
        StringBuilder out = new StringBuilder();
        for (long i = from; step > 0 ? i < to : i > to; i += step) {
            out.appendCodePoint(points[(int) i]);
        }
        return out.toString();
    }

    private static Object list(Budget budget, List<?> list, int from, int to, long step) {
        List<Object> cut = new ArrayList<>();
        for (long i = from; step > 0 ? i < to : i > to; i += step) {
            budget.elements(1);
            cut.add(at(list, (int) i));
        }
        return list instanceof Tuple || list instanceof Range ? new Tuple(cut) : cut;
    }

    /** Charges a step for each element and turns it into a template's value. */
    private record Charged(Budget budget, Iterator<? extends @Nullable Object> source) implements Iterator<Object> {
        @Override
        public boolean hasNext() {
            return source.hasNext();
        }

        @Override
        public Object next() {
            budget.step();
            return Values.of(source.next());
        }
    }
}
