package dev.finetune4j.data.jinja.method;

import dev.finetune4j.data.jinja.python.Comparison;
import dev.finetune4j.data.jinja.python.Sequences;
import dev.finetune4j.data.jinja.python.Values;
import dev.finetune4j.data.jinja.value.Budget;
import dev.finetune4j.data.jinja.value.Fault;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Methods of lists, tuples and ranges that read. */
final class ListMethods {
    static final Map<String, Builtin> TABLE = table();

    private ListMethods() {}

    private static Map<String, Builtin> table() {
        Map<String, Builtin> table = new HashMap<>();
        Builtin.declare(table, "index / value start? stop?", ListMethods::index);
        Builtin.declare(table, "count / value", (budget, self, bound) -> {
            long count = 0;
            for (Object element : (List<?>) self) {
                budget.step();
                count += Comparison.equal(budget, Values.of(element), bound.get(0)) ? 1 : 0;
            }
            return count;
        });
        Builtin.declare(table, "copy /", (budget, self, bound) -> Sequences.list(budget, self));
        return Map.copyOf(table);
    }

    private static Object index(Budget budget, Object self, Bound bound) {
        List<?> list = (List<?>) self;
        long from = place(bound.whole(1, 0), list.size());
        long to = place(bound.whole(2, list.size()), list.size());
        for (long i = from; i < to; i++) {
            budget.step();
            if (Comparison.equal(budget, Sequences.at(list, (int) i), bound.get(0))) {
                return i;
            }
        }
        throw new Fault("index() does not find its value in the list");
    }

    private static long place(long given, int size) {
        return Math.max(0, Math.min(given < 0 ? given + size : given, size));
    }
}
