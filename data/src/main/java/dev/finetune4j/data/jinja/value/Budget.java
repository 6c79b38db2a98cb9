package dev.finetune4j.data.jinja.value;

/** Counts what one rendering costs and stops it at its limits. Belongs to one rendering; not thread-safe. */
public final class Budget {
    /** Longest {@code range}, as in Jinja's own sandbox. */
    public static final int LONGEST_RANGE = 100_000;

    private static final int ELEMENT = 8;
    /** Containers inside one another; nothing that comes as data is deeper, and deeper ones exhaust the stack. */
    private static final int DEEPEST_VALUE = 500;

    private final Limits limits;
    private long steps;
    private long memory;
    private int depth;
    private int nesting;

    public Budget(Limits limits) {
        this.limits = limits;
    }

    public void step() {
        if (++steps > limits.steps()) {
            throw tooLong();
        }
    }

    public void steps(long count) {
        steps += Math.max(0, count);
        if (steps > limits.steps()) {
            throw tooLong();
        }
    }

    /** Before a text of that many characters is made. */
    public void text(long length) {
        if (length > limits.text()) {
            throw new Fault("it makes a text of " + length + " characters, more than the allowed " + limits.text());
        }
        memory += length;
        if (memory > limits.memory()) {
            throw new Fault("it needs more memory than a rendering may (" + limits.memory() + " characters)");
        }
    }

    /** Before a list of that many elements is made. */
    public void elements(long count) {
        steps(count);
        if (count > limits.memory() / ELEMENT) {
            throw new Fault("it makes a list of " + count + " elements");
        }
        memory += ELEMENT * count;
        if (memory > limits.memory()) {
            throw new Fault("it needs more memory than a rendering may (" + limits.memory() + " characters)");
        }
    }

    /** Whether the result may have that many characters. */
    public void output(long length) {
        if (length > limits.text()) {
            throw new Fault("it writes more than the allowed " + limits.text() + " characters");
        }
    }

    /** On the way into a macro or a recursive loop. */
    public void enter() {
        if (++depth > limits.depth()) {
            throw new Fault("its macros or recursive loops call one another more than " + limits.depth() + " deep");
        }
    }

    public void leave() {
        depth--;
    }

    /** On the way into a list or map inside another. */
    public void descend() {
        step();
        if (++nesting > DEEPEST_VALUE) {
            throw new Fault("lists or maps are nested more than " + DEEPEST_VALUE + " deep");
        }
    }

    public void ascend() {
        nesting--;
    }

    private Fault tooLong() {
        return new Fault("it takes more than the allowed " + limits.steps() + " steps");
    }
}
