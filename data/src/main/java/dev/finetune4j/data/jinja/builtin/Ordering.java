package dev.finetune4j.data.jinja.builtin;

import dev.finetune4j.data.jinja.method.Access;
import dev.finetune4j.data.jinja.method.Bound;
import dev.finetune4j.data.jinja.method.Builtin;
import dev.finetune4j.data.jinja.python.Comparison;
import dev.finetune4j.data.jinja.python.Sequences;
import dev.finetune4j.data.jinja.python.Values;
import dev.finetune4j.data.jinja.value.Budget;
import dev.finetune4j.data.jinja.value.DictView;
import dev.finetune4j.data.jinja.value.Fault;
import dev.finetune4j.data.jinja.value.Lazy;
import dev.finetune4j.data.jinja.value.Tuple;
import dev.finetune4j.data.jinja.value.Undefined;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Filters that sort, group, or look for the smallest. Letters' case plays no part unless a template says so. */
final class Ordering {
    private Ordering() {}

    static void declare(Map<String, Builtin> table) {
        Builtin.declare(table, "sort reverse? case_sensitive? attribute?", (budget, self, bound) -> {
            Function<Object, Object> key = keys(budget, bound, 2, bound.flag(1, false));
            return sorted(budget, Sequences.list(budget, self), key, bound.flag(0, false));
        });
        Builtin.declare(table, "dictsort case_sensitive? by? reverse?", Ordering::dictSort);
        Builtin.declare(
                table, "min case_sensitive? attribute?", (budget, self, bound) -> extreme(budget, self, bound, -1));
        Builtin.declare(
                table, "max case_sensitive? attribute?", (budget, self, bound) -> extreme(budget, self, bound, 1));
        Builtin.declare(
                table,
                "unique case_sensitive? attribute?",
                (budget, self, bound) -> new Lazy(unique(budget, self, bound).iterator()));
        Builtin.declare(table, "groupby attribute default? case_sensitive?", Ordering::groups);
    }

    private static Function<Object, Object> keys(Budget budget, Bound bound, int attribute, boolean caseMatters) {
        if (!bound.given(attribute)) {
            return element -> SequenceFilters.folded(element, caseMatters);
        }
        String text = Values.asText(bound.get(attribute));
        if (text == null || text.indexOf(',') < 0) {
            return element ->
                    SequenceFilters.folded(Access.path(budget, element, bound.get(attribute), null), caseMatters);
        }
        return element -> {
            List<Object> several = new ArrayList<>();
            for (String path : text.split(",", -1)) {
                several.add(SequenceFilters.folded(Access.path(budget, element, path, null), caseMatters));
            }
            return several;
        };
    }

    /** Stable, also backwards; elements that have no order with one another are refused. */
    private static List<Object> sorted(
            Budget budget, List<Object> elements, Function<Object, Object> key, boolean backwards) {
        record Keyed(Object key, Object element) {}

        List<Keyed> keyed = new ArrayList<>();
        for (Object element : elements) {
            budget.elements(1);
            keyed.add(new Keyed(key.apply(element), element));
        }
        Comparator<Keyed> order = (a, b) -> {
            budget.step();
            return Comparison.compare(budget, a.key(), b.key());
        };
        keyed.sort(backwards ? order.reversed() : order);
        List<Object> sorted = new ArrayList<>();
        keyed.forEach(each -> sorted.add(each.element()));
        return sorted;
    }

    private static Object dictSort(Budget budget, Object self, Bound bound) {
        if (!(self instanceof Map<?, ?> map)) {
            if (self instanceof Undefined undefined) {
                throw undefined.fault();
            }
            throw Fault.type("dictsort needs a map, and no " + Values.type(self));
        }
        String by = bound.has(1) ? bound.text(1) : "key";
        if (!by.equals("key") && !by.equals("value")) {
            throw new Fault("dictsort goes by key or by value");
        }
        boolean caseMatters = bound.flag(0, false);
        Function<Object, Object> key =
                pair -> SequenceFilters.folded(((Tuple) pair).get(by.equals("key") ? 0 : 1), caseMatters);
        List<Object> pairs = Sequences.list(budget, new DictView(DictView.Kind.ITEMS, map));
        return sorted(budget, pairs, key, bound.flag(2, false));
    }

    private static Object extreme(Budget budget, Object self, Bound bound, int wanted) {
        Function<Object, Object> key = single(budget, bound, 1, bound.flag(0, false));
        Iterator<Object> walk = Sequences.iterate(budget, self);
        if (!walk.hasNext()) {
            return Undefined.because("an empty sequence has neither a smallest nor a largest element");
        }
        Object best = walk.next();
        Object bestKey = key.apply(best);
        while (walk.hasNext()) {
            Object next = walk.next();
            Object nextKey = key.apply(next);
            if (Comparison.compare(budget, nextKey, bestKey) == wanted) {
                best = next;
                bestKey = nextKey;
            }
        }
        return best;
    }

    private static Function<Object, Object> single(Budget budget, Bound bound, int attribute, boolean caseMatters) {
        return element -> SequenceFilters.folded(
                bound.given(attribute) ? Access.path(budget, element, bound.get(attribute), null) : element,
                caseMatters);
    }

    private static List<Object> unique(Budget budget, Object self, Bound bound) {
        Function<Object, Object> key = single(budget, bound, 1, bound.flag(0, false));
        Set<String> texts = new HashSet<>();
        List<Object> others = new ArrayList<>();
        List<Object> kept = new ArrayList<>();
        for (Object element : Sequences.list(budget, self)) {
            Object one = key.apply(element);
            if (!Comparison.isHashable(budget, one)) {
                throw Fault.type("unique cannot tell one " + Values.type(one) + " from another; name an attribute");
            }
            String text = Values.asText(one);
            boolean isNew;
            if (text != null) {
                isNew = texts.add(text);
            } else {
                isNew = !Comparison.contains(budget, others, one);
                others.add(one);
            }
            if (isNew) {
                kept.add(element);
            }
        }
        return kept;
    }

    private static Object groups(Budget budget, Object self, Bound bound) {
        boolean caseMatters = bound.flag(2, false);
        Object otherwise = bound.given(1) ? bound.get(1) : null;
        Function<Object, Object> raw = element -> Access.path(budget, element, bound.get(0), otherwise);
        Function<Object, Object> key = element -> SequenceFilters.folded(raw.apply(element), caseMatters);
        List<Object> groups = new ArrayList<>();
        List<Object> members = new ArrayList<>();
        for (Object element : sorted(budget, Sequences.list(budget, self), key, false)) {
            if (!members.isEmpty() && !Comparison.equal(budget, key.apply(members.get(0)), key.apply(element))) {
                groups.add(Tuple.group(raw.apply(members.get(0)), members));
                members = new ArrayList<>();
            }
            members.add(element);
        }
        if (!members.isEmpty()) {
            groups.add(Tuple.group(raw.apply(members.get(0)), members));
        }
        return groups;
    }
}
