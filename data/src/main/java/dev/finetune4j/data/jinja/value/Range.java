package dev.finetune4j.data.jinja.value;

import java.util.AbstractList;
import java.util.RandomAccess;

/** Whole numbers at equal distances, Python's {@code range}. */
public final class Range extends AbstractList<Object> implements RandomAccess {
    private final long start;
    private final long stop;
    private final long step;
    private final int size;

    private Range(long start, long stop, long step, int size) {
        this.start = start;
        this.stop = stop;
        this.step = step;
        this.size = size;
    }

    /** @throws Fault if it is longer than a template may make it, or does not advance */
    public static Range of(long start, long stop, long step) {
        if (step == 0) {
            throw new Fault("range() needs a step other than 0");
        }
        double width = step > 0 ? (double) stop - start : (double) start - stop;
        double count = Math.ceil(width / Math.abs((double) step));
        if (count > Budget.LONGEST_RANGE) {
            throw new Fault("range() of more than " + Budget.LONGEST_RANGE + " numbers");
        }
        return new Range(start, stop, step, (int) Math.max(0, count));
    }

    @Override
    public Object get(int index) {
        return start + index * step;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public String toString() {
        return "range(" + start + ", " + stop + (step == 1 ? ")" : ", " + step + ")");
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
