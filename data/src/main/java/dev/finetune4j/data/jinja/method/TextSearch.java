package dev.finetune4j.data.jinja.method;

import dev.finetune4j.data.jinja.python.Numbers;
import dev.finetune4j.data.jinja.python.Texts;
import dev.finetune4j.data.jinja.python.Values;
import dev.finetune4j.data.jinja.value.Budget;
import dev.finetune4j.data.jinja.value.Fault;
import dev.finetune4j.data.jinja.value.Tuple;
import java.util.List;
import java.util.Map;

/** Methods that look for a text inside another. */
final class TextSearch {
    private TextSearch() {}

    static void declare(Map<String, Builtin> table) {
        TextMethods.declare(
                table, "startswith / prefix start? end?", (budget, self, bound) -> affix(budget, self, bound, true));
        TextMethods.declare(
                table, "endswith / suffix start? end?", (budget, self, bound) -> affix(budget, self, bound, false));
        TextMethods.declare(table, "find / sub start? end?", (budget, self, bound) -> find(budget, self, bound, true));
        TextMethods.declare(
                table, "rfind / sub start? end?", (budget, self, bound) -> find(budget, self, bound, false));
        TextMethods.declare(
                table, "index / sub start? end?", (budget, self, bound) -> found(find(budget, self, bound, true)));
        TextMethods.declare(
                table, "rindex / sub start? end?", (budget, self, bound) -> found(find(budget, self, bound, false)));
        TextMethods.declare(table, "count / sub start? end?", TextSearch::count);
    }

    private static Object found(Object place) {
        if (place.equals(-1L)) {
            throw new Fault("index() does not find its text; find() gives -1 instead");
        }
        return place;
    }

    /** Index in chars of a bound that is a place, held within the text. */
    private static int bound(String self, Bound bound, int place, int otherwise) {
        if (!bound.given(place)) {
            return otherwise;
        }
        int length = Texts.length(self);
        long at = Numbers.index(bound.get(place));
        long from = Math.max(0, at < 0 ? at + length : at);
        // Behind the end nothing is found, not even an empty text.
        return from > length ? self.length() + 1 : Texts.offset(self, (int) from);
    }

    private static Object find(Budget budget, String self, Bound bound, boolean first) {
        budget.steps(self.length() / 64);
        int from = bound(self, bound, 1, 0);
        int to = Math.min(bound(self, bound, 2, self.length()), self.length());
        if (from > to) {
            return -1L;
        }
        String part = self.substring(from, to);
        int at = first ? part.indexOf(bound.text(0)) : part.lastIndexOf(bound.text(0));
        return (long) (at < 0 ? -1 : Texts.place(self, from + at));
    }

    private static Object count(Budget budget, String self, Bound bound) {
        budget.steps(self.length() / 64);
        int from = bound(self, bound, 1, 0);
        int to = Math.min(bound(self, bound, 2, self.length()), self.length());
        if (from > to) {
            return 0L;
        }
        String part = self.substring(from, to);
        String sought = bound.text(0);
        if (sought.isEmpty()) {
            return Texts.length(part) + 1L;
        }
        long count = 0;
        for (int at = part.indexOf(sought); at >= 0; at = part.indexOf(sought, at + sought.length())) {
            count++;
        }
        return count;
    }

    private static Object affix(Budget budget, String self, Bound bound, boolean front) {
        int from = bound(self, bound, 1, 0);
        int to = Math.min(bound(self, bound, 2, self.length()), self.length());
        List<?> sought = bound.get(0) instanceof Tuple tuple ? tuple : List.of(bound.get(0));
        if (from > to) {
            return false;
        }
        for (Object one : sought) {
            String text = Values.asText(one);
            if (text == null) {
                throw Fault.type("a text begins or ends with texts, and not with a " + Values.type(one));
            }
            boolean fits = text.length() <= to - from;
            if (fits && self.startsWith(text, front ? from : to - text.length())) {
                return true;
            }
        }
        budget.steps(sought.size());
        return false;
    }
}
