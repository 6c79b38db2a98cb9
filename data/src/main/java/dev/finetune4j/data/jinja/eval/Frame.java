package dev.finetune4j.data.jinja.eval;

import dev.finetune4j.data.jinja.value.Budget;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Variables of a block. There are few, and their names are interned, so that a walk over them is faster than any table.
 */
public final class Frame {
    private static final int USUAL = 8;

    private final Run run;
    private final @Nullable Frame parent;
    private String[] names = new String[USUAL];
    private Object[] values = new Object[USUAL];
    private int size;

    private Frame(Run run, @Nullable Frame parent) {
        this.run = run;
        this.parent = parent;
    }

    /** The outermost. */
    public static Frame of(Run run) {
        return new Frame(run, null);
    }

    Frame inner() {
        return new Frame(run, this);
    }

    Run run() {
        return run;
    }

    Budget budget() {
        return run.budget();
    }

    /** @param name interned */
    @SuppressWarnings({"StringEquality", "ReferenceEquality"})
    void set(String name, Object value) {
        for (int i = 0; i < size; i++) {
            if (names[i] == name) {
                values[i] = value;
                return;
            }
        }
        if (size == names.length) {
            names = Arrays.copyOf(names, 2 * size);
            values = Arrays.copyOf(values, 2 * size);
        }
        names[size] = name;
        values[size++] = value;
    }

    /** @param name interned */
    @SuppressWarnings({"StringEquality", "ReferenceEquality"})
    Object get(String name) {
        for (Frame frame = this; frame != null; frame = frame.parent) {
            for (int i = 0; i < frame.size; i++) {
                if (frame.names[i] == name) {
                    return frame.values[i];
                }
            }
        }
        return run.outer(name);
    }
}
