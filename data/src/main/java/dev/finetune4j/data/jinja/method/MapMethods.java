package dev.finetune4j.data.jinja.method;

import dev.finetune4j.data.jinja.python.Comparison;
import dev.finetune4j.data.jinja.python.Values;
import dev.finetune4j.data.jinja.value.DictView;
import dev.finetune4j.data.jinja.value.Fault;
import dev.finetune4j.data.jinja.value.None;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** Methods of maps that read. */
final class MapMethods {
    static final Map<String, Builtin> TABLE = table();

    private MapMethods() {}

    private static Map<String, Builtin> table() {
        Map<String, Builtin> table = new HashMap<>();
        Builtin.declare(table, "keys /", (budget, self, bound) -> new DictView(DictView.Kind.KEYS, (Map<?, ?>) self));
        Builtin.declare(
                table, "values /", (budget, self, bound) -> new DictView(DictView.Kind.VALUES, (Map<?, ?>) self));
        Builtin.declare(table, "items /", (budget, self, bound) -> new DictView(DictView.Kind.ITEMS, (Map<?, ?>) self));
        Builtin.declare(table, "get / key default?", (budget, self, bound) -> {
            if (!Comparison.isHashable(budget, bound.get(0))) {
                throw Fault.type("a " + Values.type(bound.get(0)) + " cannot be a key");
            }
            Object value = Comparison.lookup(budget, (Map<?, ?>) self, bound.get(0));
            return value == null ? bound.or(1, None.NONE) : value;
        });
        Builtin.declare(table, "copy /", (budget, self, bound) -> {
            budget.elements(((Map<?, ?>) self).size());
            return new LinkedHashMap<>((Map<?, ?>) self);
        });
        return Map.copyOf(table);
    }
}
