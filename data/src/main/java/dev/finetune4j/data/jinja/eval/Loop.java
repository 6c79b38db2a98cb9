package dev.finetune4j.data.jinja.eval;

import dev.finetune4j.data.jinja.python.Comparison;
import dev.finetune4j.data.jinja.value.Arguments;
import dev.finetune4j.data.jinja.value.Attributed;
import dev.finetune4j.data.jinja.value.Budget;
import dev.finetune4j.data.jinja.value.Fault;
import dev.finetune4j.data.jinja.value.Function;
import dev.finetune4j.data.jinja.value.Tuple;
import dev.finetune4j.data.jinja.value.Undefined;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The variable {@code loop}. Looks ahead only when asked, so that a condition of the loop sees what its body did. */
final class Loop implements Attributed, Function {
    private final Iterator<Object> source;
    private final int depth;
    private final @Nullable Function again;
    private @Nullable List<Object> rest;
    private int taken;
    private int index0 = -1;
    private @Nullable Object previous;
    private @Nullable Object current;
    private @Nullable Object changed;

    /**
     * @param depth of recursive calls, from 0
     * @param again what a recursive loop does with more elements; null for an ordinary one
     */
    Loop(Iterator<Object> source, int depth, @Nullable Function again) {
        this.source = source;
        this.depth = depth;
        this.again = again;
    }

    int depth() {
        return depth;
    }

    boolean advance() {
        Object next;
        if (rest != null && taken < rest.size()) {
            next = rest.get(taken++);
        } else if (source.hasNext()) {
            next = source.next();
        } else {
            return false;
        }
        index0++;
        previous = current;
        current = next;
        return true;
    }

    Object current() {
        return Objects.requireNonNull(current);
    }

    /** Reads on until so many elements lie ahead, or all. Those that were walked over go once none is left. */
    private int ahead(int wanted) {
        List<Object> list = rest == null ? new ArrayList<>() : rest;
        rest = list;
        if (taken == list.size()) {
            list.clear();
            taken = 0;
        }
        while (list.size() - taken < wanted && source.hasNext()) {
            list.add(source.next());
        }
        return list.size() - taken;
    }

    private long length() {
        return index0 + 1L + ahead(Integer.MAX_VALUE);
    }

    private Object next() {
        return ahead(1) > 0 && rest != null ? rest.get(taken) : Undefined.because("there is no next item");
    }

    @Override
    public @Nullable Object attribute(String name) {
        return switch (name) {
            case "index" -> index0 + 1L;
            case "index0" -> (long) index0;
            case "first" -> index0 == 0;
            case "last" -> ahead(1) == 0;
            case "length" -> length();
            case "revindex" -> length() - index0;
            case "revindex0" -> length() - index0 - 1;
            case "previtem" -> previous == null ? Undefined.because("there is no previous item") : previous;
            case "nextitem" -> next();
            case "depth" -> depth + 1L;
            case "depth0" -> (long) depth;
            case "cycle" -> (Function) (budget, arguments) -> cycle(arguments);
            case "changed" -> (Function) this::changed;
            default -> null;
        };
    }

    private Object cycle(Arguments arguments) {
        List<Object> values = arguments.positional();
        if (values.isEmpty()) {
            throw new Fault("loop.cycle() needs at least one value");
        }
        return values.get(index0 % values.size());
    }

    private Object changed(Budget budget, Arguments arguments) {
        Object now = new Tuple(arguments.positional());
        Object before = changed;
        if (before != null && Comparison.equal(budget, before, now)) {
            return false;
        }
        changed = now;
        return true;
    }

    @Override
    public Object call(Budget budget, Arguments arguments) {
        if (again == null) {
            throw Fault.type("loop() goes on in a loop that is marked recursive only");
        }
        return again.call(budget, arguments);
    }

    @Override
    public String typeName() {
        return "LoopContext";
    }
}
