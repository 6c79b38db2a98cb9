package dev.finetune4j.data.jinja.eval;

import dev.finetune4j.data.jinja.python.Values;
import dev.finetune4j.data.jinja.value.Budget;
import dev.finetune4j.data.jinja.value.Undefined;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One rendering: what it was given, what it costs, what it has written. Not thread-safe. */
public final class Run {
    private final Budget budget;
    private final Map<String, ? extends @Nullable Object> given;
    private final Map<String, Object> globals;
    private final StringBuilder root = new StringBuilder();
    private final List<int[]> spans = new ArrayList<>();
    private StringBuilder out = root;
    private int line = 1;

    public Run(Budget budget, Map<String, ? extends @Nullable Object> given, Map<String, Object> globals) {
        this.budget = budget;
        this.given = given;
        this.globals = globals;
    }

    Budget budget() {
        return budget;
    }

    /** Where it is, for messages. */
    public int line() {
        return line;
    }

    void line(int now) {
        line = now;
    }

    void write(String text) {
        budget.output((long) out.length() + text.length());
        out.append(text);
    }

    /** Text that a block writes goes into a text of its own until {@link #release}. */
    StringBuilder capture() {
        StringBuilder before = out;
        out = new StringBuilder();
        return before;
    }

    /** What was captured. */
    String release(StringBuilder before) {
        String captured = out.toString();
        out = before;
        budget.text(captured.length());
        return captured;
    }

    /**
     * Notes a text that the model writes. Its place is that of the whole result, as the reference counts it: inside macros
     * and other captured blocks it is where the outermost statement began.
     */
    void generated(String text) {
        spans.add(new int[] {root.length(), root.length() + text.length()});
    }

    /** A name that no block has set. */
    Object outer(String name) {
        Object value = given.get(name);
        if (value != null || given.containsKey(name)) {
            return Values.of(value);
        }
        Object global = globals.get(name);
        return global == null ? Undefined.variable(name) : global;
    }

    /** What was written. */
    public String text() {
        return root.toString();
    }

    /** Begin and end, in chars of the text, of what the model writes, in the order it was written. */
    public List<int[]> spans() {
        return spans;
    }
}
