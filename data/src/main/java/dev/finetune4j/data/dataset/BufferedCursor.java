package dev.finetune4j.data.dataset;

import dev.finetune4j.data.dataset.random.NumpyBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Draws elements from a buffer that the source keeps full. */
final class BufferedCursor<T> extends LookaheadCursor<T> {
    private final Cursor<T> source;
    private final NumpyBuffer draws;
    private final int size;
    private final List<T> buffer = new ArrayList<>();
    private int @Nullable [] rest;
    private int given;

    BufferedCursor(Cursor<T> source, NumpyBuffer draws, int size) {
        this.source = source;
        this.draws = draws;
        this.size = size;
    }

    @Override
    protected @Nullable T advance() {
        while (source.hasNext()) {
            T element = source.next();
            if (buffer.size() == size) {
                return buffer.set(draws.place(), element);
            }
            buffer.add(element);
        }
        if (rest == null) {
            rest = draws.rest(buffer.size());
        }
        return given < rest.length ? buffer.get(rest[given++]) : null;
    }

    @Override
    public void close() {
        source.close();
    }
}
