package dev.finetune4j.data.jinja.python;

import dev.finetune4j.data.jinja.value.Budget;
import dev.finetune4j.data.jinja.value.Fault;
import dev.finetune4j.data.jinja.value.None;
import dev.finetune4j.data.jinja.value.Range;
import dev.finetune4j.data.source.PythonJson;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** JSON as Python's serialiser writes it, with the options that a template may give. */
public final class JsonText {
    /**
     * How it is written.
     *
     * @param ascii whether other characters than ASCII are escaped
     * @param indent what each level is indented by; null for one line
     * @param item between elements
     * @param colon between key and value
     */
    public record Style(boolean ascii, @Nullable String indent, String item, String colon, boolean sorted) {}

    private final Budget budget;
    private final Style style;
    private final StringBuilder out = new StringBuilder();
    private int charged;

    private JsonText(Budget budget, Style style) {
        this.budget = budget;
        this.style = style;
    }

    /** @throws Fault for values that JSON cannot say */
    public static String write(Budget budget, Object value, Style style) {
        JsonText json = new JsonText(budget, style);
        json.value(value, 0);
        json.charge();
        return json.out.toString();
    }

    private void charge() {
        budget.text(out.length() - charged);
        budget.output(out.length());
        charged = out.length();
    }

    private void value(Object value, int depth) {
        String text = Values.asText(value);
        if (text != null) {
            budget.output(out.length() + (long) text.length());
            PythonJson.string(out, text, style.ascii());
        } else if (value instanceof Map<?, ?> map) {
            budget.descend();
            object(map, depth);
            budget.ascend();
            charge();
        } else if (value instanceof List<?> list && !(value instanceof Range)) {
            budget.descend();
            array(list, depth);
            budget.ascend();
            charge();
        } else {
            out.append(scalar(value));
        }
    }

    private static String scalar(Object value) {
        if (value == None.NONE) {
            return "null";
        }
        if (value instanceof Boolean || value instanceof Long) {
            return value.toString();
        }
        if (value instanceof BigInteger big) {
            return Repr.integer(big);
        }
        if (value instanceof Double real) {
            return PythonJson.number(real);
        }
        throw Fault.type("a " + Values.type(value) + " cannot be written as JSON");
    }

    private void object(Map<?, ?> map, int depth) {
        out.append('{');
        boolean first = true;
        for (Iterator<? extends Map.Entry<?, ?>> entries = entries(map); entries.hasNext(); ) {
            Map.Entry<?, ?> entry = entries.next();
            budget.step();
            separate(first, depth + 1);
            Object key = Values.of(entry.getKey());
            String text = Values.asText(key);
            PythonJson.string(out, text == null ? scalar(key) : text, style.ascii());
            out.append(style.colon());
            value(Values.of(entry.getValue()), depth + 1);
            first = false;
        }
        close('}', first, depth);
    }

    private Iterator<? extends Map.Entry<?, ?>> entries(Map<?, ?> map) {
        if (!style.sorted()) {
            return map.entrySet().iterator();
        }
        List<Map.Entry<?, ?>> entries = new ArrayList<>(map.entrySet());
        entries.sort((a, b) -> Comparison.compare(budget, Values.of(a.getKey()), Values.of(b.getKey())));
        return entries.iterator();
    }

    private void array(List<?> list, int depth) {
        out.append('[');
        boolean first = true;
        for (Object element : list) {
            budget.step();
            separate(first, depth + 1);
            value(Values.of(element), depth + 1);
            first = false;
        }
        close(']', first, depth);
    }

    private void separate(boolean first, int depth) {
        if (!first) {
            out.append(style.item());
        }
        newLine(depth);
    }

    private void newLine(int depth) {
        String indent = style.indent();
        if (indent != null) {
            budget.output(out.length() + (long) indent.length() * depth);
            out.append('\n').append(indent.repeat(depth));
        }
    }

    private void close(char bracket, boolean empty, int depth) {
        if (!empty) {
            newLine(depth);
        }
        out.append(bracket);
    }
}
