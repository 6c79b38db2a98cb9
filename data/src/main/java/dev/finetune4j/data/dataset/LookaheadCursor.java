package dev.finetune4j.data.dataset;

import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** A cursor made of one method: the next element, or null at the end. Elements are never null. */
public abstract class LookaheadCursor<T> implements Cursor<T> {
    private @Nullable T next;
    private boolean finished;

    /** The next element, or null when there is none; never called again after null. */
    protected abstract @Nullable T advance();

    @Override
    public final boolean hasNext() {
        if (next == null && !finished) {
            next = advance();
            if (next == null) {
                finished = true;
                close();
            }
        }
        return next != null;
    }

    @Override
    public final T next() {
        if (!hasNext()) {
            throw new NoSuchElementException("the data set has no further element");
        }
        T result = next;
        next = null;
        if (result == null) {
            throw new NoSuchElementException("the data set has no further element");
        }
        return result;
    }
}
