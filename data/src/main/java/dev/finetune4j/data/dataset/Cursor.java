package dev.finetune4j.data.dataset;

import java.util.Iterator;

/**
 * One pass over a {@link Dataset}. Whoever stops before the end closes it, so that files are given back; at the end it
 * closes itself. Closing twice is harmless. Not thread-safe.
 */
public interface Cursor<T> extends Iterator<T>, AutoCloseable {
    @Override
    default void close() {}

    /** A cursor over an iterator that holds nothing open. */
    static <T> Cursor<T> over(Iterator<? extends T> iterator) {
        return new Cursor<>() {
            @Override
            public boolean hasNext() {
                return iterator.hasNext();
            }

            @Override
            public T next() {
                return iterator.next();
            }
        };
    }
}
