package dev.finetune4j.data.jinja.builtin;

import dev.finetune4j.data.jinja.method.Access;
import dev.finetune4j.data.jinja.method.Bound;
import dev.finetune4j.data.jinja.method.Builtin;
import dev.finetune4j.data.jinja.python.Operators;
import dev.finetune4j.data.jinja.python.Repr;
import dev.finetune4j.data.jinja.python.Sequences;
import dev.finetune4j.data.jinja.python.Values;
import dev.finetune4j.data.jinja.value.Budget;
import dev.finetune4j.data.jinja.value.DictView;
import dev.finetune4j.data.jinja.value.Fault;
import dev.finetune4j.data.jinja.value.Lazy;
import dev.finetune4j.data.jinja.value.Undefined;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Filters on whole sequences. */
final class SequenceFilters {
    private SequenceFilters() {}

    static void declare(Map<String, Builtin> table) {
        Builtin.declare(table, "length", (budget, self, bound) -> (long) Values.length(self));
        Builtin.declare(table, "list", (budget, self, bound) -> Sequences.list(budget, self));
        Builtin.declare(table, "first", (budget, self, bound) -> {
            Iterator<Object> walk = Sequences.iterate(budget, self);
            return walk.hasNext() ? walk.next() : Undefined.because("there is no first element in an empty sequence");
        });
        Builtin.declare(table, "last", (budget, self, bound) -> last(budget, self));
        Builtin.declare(table, "reverse", (budget, self, bound) -> reverse(budget, self));
        Builtin.declare(table, "join d? attribute?", SequenceFilters::join);
        Builtin.declare(table, "items", (budget, self, bound) -> {
            if (!(self instanceof Map) && !(self instanceof Undefined)) {
                throw Fault.type("items needs a map, and no " + Values.type(self));
            }
            Object view = self instanceof Map<?, ?> map ? new DictView(DictView.Kind.ITEMS, map) : self;
            return new Lazy(Sequences.iterate(budget, view));
        });
        Builtin.declare(
                table,
                "batch linecount fill_with?",
                (budget, self, bound) -> new Lazy(
                        batches(budget, Sequences.list(budget, self), bound).iterator()));
        Builtin.declare(
                table,
                "slice slices fill_with?",
                (budget, self, bound) -> new Lazy(
                        slices(budget, Sequences.list(budget, self), bound).iterator()));
        Builtin.declare(table, "sum attribute? start?", SequenceFilters::sum);
        Ordering.declare(table);
    }

    private static Object last(Budget budget, Object self) {
        Object elements = reverse(budget, self);
        Iterator<Object> walk = Sequences.iterate(budget, elements);
        if (self instanceof Lazy) {
            throw Fault.type("last needs a sequence; add | list");
        }
        return walk.hasNext() ? walk.next() : Undefined.because("there is no last element in an empty sequence");
    }

    private static Object reverse(Budget budget, Object self) {
        String text = Values.asText(self);
        if (text != null) {
            budget.text(text.length());
            return new StringBuilder(text).reverse().toString();
        }
        List<Object> list = self instanceof List<?> present
                ? Sequences.reversed(budget, present)
                : Sequences.reversed(budget, Sequences.list(budget, self));
        boolean wasLazy = self instanceof Lazy;
        return wasLazy ? list : new Lazy(list.iterator());
    }

    private static Object join(Budget budget, Object self, Bound bound) {
        String separator = Repr.text(budget, bound.or(0, ""));
        StringBuilder out = new StringBuilder();
        boolean first = true;
        for (Iterator<Object> walk = Sequences.iterate(budget, self); walk.hasNext(); first = false) {
            Object element = walk.next();
            Object printed = bound.given(1) ? Access.path(budget, element, bound.get(1), null) : element;
            out.append(first ? "" : separator).append(Repr.text(budget, printed));
            budget.output(out.length());
        }
        budget.text(out.length());
        return out.toString();
    }

    private static List<Object> batches(Budget budget, List<Object> all, Bound bound) {
        long size = bound.whole(0, 1);
        List<Object> batches = new ArrayList<>();
        List<Object> batch = new ArrayList<>();
        for (Object element : all) {
            if (batch.size() == size) {
                batches.add(batch);
                batch = new ArrayList<>();
            }
            batch.add(element);
        }
        if (!batch.isEmpty()) {
            if (bound.given(1) && batch.size() < size) {
                budget.elements(size - batch.size());
                batch.addAll(Collections.nCopies((int) (size - batch.size()), bound.get(1)));
            }
            batches.add(batch);
        }
        return batches;
    }

    private static List<Object> slices(Budget budget, List<Object> all, Bound bound) {
        long count = bound.whole(0, 1);
        if (count == 0) {
            throw new Fault("division by zero");
        }
        List<Object> slices = new ArrayList<>();
        long each = Math.floorDiv(all.size(), count);
        long longer = Math.floorMod(all.size(), count);
        int from = 0;
        for (long i = 0; i < count; i++) {
            budget.elements(1);
            int to = (int) (from + each + (i < longer ? 1 : 0));
            List<Object> slice = new ArrayList<>(all.subList(from, to));
            if (bound.given(1) && i >= longer) {
                slice.add(bound.get(1));
            }
            slices.add(slice);
            from = to;
        }
        return slices;
    }

    private static Object sum(Budget budget, Object self, Bound bound) {
        Object total = bound.or(1, 0L);
        if (Values.asText(total) != null) {
            throw Fault.type("sum cannot add texts; use join");
        }
        for (Iterator<Object> walk = Sequences.iterate(budget, self); walk.hasNext(); ) {
            Object element = walk.next();
            Object added = bound.given(0) ? Access.path(budget, element, bound.get(0), null) : element;
            total = Operators.binary(budget, "+", total, added);
        }
        return total;
    }

    /** The same whatever the case of letters, unless it matters. */
    static Object folded(Object value, boolean caseMatters) {
        String text = Values.asText(value);
        return text == null || caseMatters ? value : text.toLowerCase(Locale.ROOT);
    }
}
