package dev.finetune4j.data.dataset;

import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

final class FilteredCursor<T> extends LookaheadCursor<T> {
    private final Cursor<T> source;
    private final Predicate<? super T> predicate;

    FilteredCursor(Cursor<T> source, Predicate<? super T> predicate) {
        this.source = source;
        this.predicate = predicate;
    }

    @Override
    protected @Nullable T advance() {
        while (source.hasNext()) {
            T element = source.next();
            if (predicate.test(element)) {
                return element;
            }
        }
        return null;
    }

    @Override
    public void close() {
        source.close();
    }
}
