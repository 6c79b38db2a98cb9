package dev.finetune4j.data.jinja.builtin;

import dev.finetune4j.core.error.Nearest;
import dev.finetune4j.data.jinja.method.Access;
import dev.finetune4j.data.jinja.method.Bound;
import dev.finetune4j.data.jinja.method.Builtin;
import dev.finetune4j.data.jinja.python.JsonText;
import dev.finetune4j.data.jinja.python.Numbers;
import dev.finetune4j.data.jinja.python.Repr;
import dev.finetune4j.data.jinja.python.Values;
import dev.finetune4j.data.jinja.value.Fault;
import dev.finetune4j.data.jinja.value.Markup;
import dev.finetune4j.data.jinja.value.None;
import dev.finetune4j.data.jinja.value.Undefined;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All filters by name. */
public final class Filters {
    /** Filters of Jinja for web pages or by chance, which have no use in a chat template. */
    private static final Set<String> LEFT_OUT = Set.of("pprint", "random", "striptags", "urlize", "xmlattr");

    private static final Map<String, Builtin> TABLE = table();

    private Filters() {}

    /** Null where there is none of that name. */
    public static @Nullable Builtin find(String name) {
        return TABLE.get(name);
    }

    /** What to say about a name without a filter. */
    public static String missing(String name) {
        return LEFT_OUT.contains(name)
                ? "the filter " + name + " is not supported in chat templates"
                : "there is no filter " + name + Nearest.sentence(name, TABLE.keySet());
    }

    private static Map<String, Builtin> table() {
        Map<String, Builtin> table = new HashMap<>();
        TextFilters.declare(table);
        SequenceFilters.declare(table);
        SelectFilters.declare(table);
        NumberFilters.declare(table);
        Builtin.declare(
                table,
                "tojson ensure_ascii? indent? separators? sort_keys?",
                (budget, self, bound) -> JsonText.write(budget, self, style(bound)));
        Builtin.declare(table, "default default_value? boolean?", (budget, self, bound) -> {
            boolean missing = self instanceof Undefined || (bound.flag(1, false) && !Values.truth(self));
            return missing ? bound.or(0, "") : self;
        });
        Builtin.declare(
                table, "string", (budget, self, bound) -> self instanceof Markup ? self : Repr.text(budget, self));
        Builtin.declare(table, "safe", (budget, self, bound) -> new Markup(Repr.text(budget, self)));
        Builtin.declare(table, "escape", (budget, self, bound) -> {
            if (self instanceof Markup) {
                return self;
            }
            String text = Repr.text(budget, self);
            budget.text(5L * text.length());
            return new Markup(Markup.escape(text));
        });
        Builtin.declare(table, "forceescape", (budget, self, bound) -> {
            String text = Repr.text(budget, self);
            budget.text(5L * text.length());
            return new Markup(Markup.escape(text));
        });
        Builtin.declare(table, "attr name", (budget, self, bound) -> {
            Object own = Access.own(self, bound.text(0));
            return own == null ? Undefined.member(Values.type(self), bound.text(0)) : own;
        });
        table.put("d", table.get("default"));
        table.put("e", table.get("escape"));
        table.put("count", table.get("length"));
        return Map.copyOf(table);
    }

    private static JsonText.Style style(Bound bound) {
        String indent = indent(bound.or(1, None.NONE));
        String item = indent == null ? ", " : ",";
        String colon = ": ";
        if (bound.given(2)) {
            List<?> pair = bound.get(2) instanceof List<?> list ? list : List.of();
            String first = pair.size() == 2 ? Values.asText(Values.of(pair.get(0))) : null;
            String second = pair.size() == 2 ? Values.asText(Values.of(pair.get(1))) : null;
            if (first == null || second == null) {
                throw Fault.type("separators of tojson are two texts");
            }
            item = first;
            colon = second;
        }
        return new JsonText.Style(bound.flag(0, false), indent, item, colon, bound.flag(3, false));
    }

    private static @Nullable String indent(Object given) {
        if (given == None.NONE) {
            return null;
        }
        String text = Values.asText(given);
        if (text != null) {
            return text;
        }
        long width = Numbers.index(given);
        if (width > 1000) {
            throw new Fault("tojson is to indent by " + width + " blanks");
        }
        return " ".repeat((int) Math.max(0, width));
    }
}
