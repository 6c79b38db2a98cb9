package dev.finetune4j.data.jinja.value;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The elements for which a test holds; tried one at a time, as they are asked for. */
public final class Filtered implements Iterator<Object> {
    private final Iterator<Object> source;
    private final Predicate<Object> test;
    private @Nullable Object next;

    public Filtered(Iterator<Object> source, Predicate<Object> test) {
        this.source = source;
        this.test = test;
    }

    @Override
    public boolean hasNext() {
        while (next == null && source.hasNext()) {
            Object candidate = source.next();
            if (test.test(candidate)) {
                next = candidate;
            }
        }
        return next != null;
    }

    @Override
    public Object next() {
        Object found = hasNext() ? next : null;
        if (found == null) {
            throw new NoSuchElementException();
        }
        next = null;
        return found;
    }
}
