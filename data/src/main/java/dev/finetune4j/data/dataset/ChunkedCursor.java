package dev.finetune4j.data.dataset;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

final class ChunkedCursor<T> extends LookaheadCursor<List<T>> {
    private final Cursor<T> source;
    private final int size;

    ChunkedCursor(Cursor<T> source, int size) {
        if (size < 1) {
            throw new IllegalArgumentException("chunks need at least one element, not " + size);
        }
        this.source = source;
        this.size = size;
    }

    @Override
    protected @Nullable List<T> advance() {
        List<T> chunk = new ArrayList<>();
        while (chunk.size() < size && source.hasNext()) {
            chunk.add(source.next());
        }
        return chunk.isEmpty() ? null : chunk;
    }

    @Override
    public void close() {
        source.close();
    }
}
