package dev.finetune4j.data.jinja.method;

import dev.finetune4j.data.jinja.value.Arguments;
import dev.finetune4j.data.jinja.value.Budget;
import dev.finetune4j.data.jinja.value.Fault;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A filter, test, method or global with its parameters. Immutable. */
public final class Builtin {
    /** What it does. */
    @FunctionalInterface
    public interface Body {
        /** @param self what is filtered, tested, or whose method it is */
        Object call(Budget budget, Object self, Bound bound);
    }

    private final String name;
    private final List<String> parameters;
    private final int required;
    private final boolean open;
    private final boolean keywords;
    private final Body body;

    private Builtin(String name, List<String> declared, Body body) {
        this.name = name;
        this.open = declared.contains("*");
        this.keywords = !declared.contains("/");
        List<String> own = declared.stream()
                .filter(word -> !word.equals("*") && !word.equals("/"))
                .toList();
        this.required = (int) own.stream().filter(word -> !word.endsWith("?")).count();
        this.parameters = own.stream().map(word -> word.replace("?", "")).toList();
        this.body = body;
    }

    /**
     * Puts one into a table.
     *
     * @param declaration its name and its parameters with blanks between; {@code ?} ends an optional one, {@code /} stands
     *     for no keywords, {@code *} for any arguments at all
     */
    public static void declare(Map<String, Builtin> table, String declaration, Body body) {
        List<String> words = Arrays.asList(declaration.split(" "));
        table.put(words.get(0), new Builtin(words.get(0), words.subList(1, words.size()), body));
    }

    /** @throws Fault for arguments that do not fit the parameters */
    public Object call(Budget budget, Object self, Arguments arguments) {
        budget.step();
        if (arguments.isEmpty() && required == 0) {
            return body.call(budget, self, Bound.NOTHING);
        }
        return body.call(budget, self, new Bound(bind(arguments), arguments));
    }

    private @Nullable Object[] bind(Arguments arguments) {
        @Nullable Object[] bound = new Object[parameters.size()];
        if (open) {
            return bound;
        }
        List<Object> positional = arguments.positional();
        if (positional.size() > bound.length) {
            throw Fault.type(name + " takes at most " + bound.length + " arguments, and is given " + positional.size());
        }
        for (int i = 0; i < positional.size(); i++) {
            bound[i] = positional.get(i);
        }
        for (Map.Entry<String, Object> entry : arguments.named().entrySet()) {
            int place = keywords ? parameters.indexOf(entry.getKey()) : -1;
            if (place < 0 || bound[place] != null) {
                throw Fault.type(name + " takes no argument " + entry.getKey() + (place < 0 ? "" : " twice"));
            }
            bound[place] = entry.getValue();
        }
        for (int i = 0; i < required; i++) {
            if (bound[i] == null) {
                throw Fault.type(name + " needs its argument " + parameters.get(i));
            }
        }
        return bound;
    }
}
