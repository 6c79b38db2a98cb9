package dev.finetune4j.data.dataset;

import java.util.function.Function;

final class MappedCursor<T, R> implements Cursor<R> {
    private final Cursor<T> source;
    private final Function<? super T, ? extends R> function;

    MappedCursor(Cursor<T> source, Function<? super T, ? extends R> function) {
        this.source = source;
        this.function = function;
    }

    @Override
    public boolean hasNext() {
        return source.hasNext();
    }

    @Override
    public R next() {
        return function.apply(source.next());
    }

    @Override
    public void close() {
        source.close();
    }
}
