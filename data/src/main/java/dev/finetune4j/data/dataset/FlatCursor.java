package dev.finetune4j.data.dataset;

import java.util.Iterator;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Walks through what each element of the source unfolds to; holds at most one unfolded element open. */
final class FlatCursor<S, T> extends LookaheadCursor<T> {
    private final Cursor<S> source;
    private final Function<? super S, ? extends Iterable<T>> function;
    private @Nullable Iterator<T> current;

    FlatCursor(Cursor<S> source, Function<? super S, ? extends Iterable<T>> function) {
        this.source = source;
        this.function = function;
    }

    @Override
    protected @Nullable T advance() {
        while (current == null || !current.hasNext()) {
            closeCurrent();
            if (!source.hasNext()) {
                return null;
            }
            current = function.apply(source.next()).iterator();
        }
        return current.next();
    }

    @Override
    public void close() {
        closeCurrent();
        source.close();
    }

    private void closeCurrent() {
        if (current instanceof Cursor<?> cursor) {
            cursor.close();
        }
        current = null;
    }
}
