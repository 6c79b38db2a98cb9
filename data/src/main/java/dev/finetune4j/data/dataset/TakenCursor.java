package dev.finetune4j.data.dataset;

import org.jspecify.annotations.Nullable;

final class TakenCursor<T> extends LookaheadCursor<T> {
    private final Cursor<T> source;
    private long left;

    TakenCursor(Cursor<T> source, long count) {
        this.source = source;
        this.left = count;
    }

    @Override
    protected @Nullable T advance() {
        if (left <= 0 || !source.hasNext()) {
            return null;
        }
        left--;
        return source.next();
    }

    @Override
    public void close() {
        source.close();
    }
}
