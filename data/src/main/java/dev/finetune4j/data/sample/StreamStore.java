package dev.finetune4j.data.sample;

import dev.finetune4j.data.dataset.Cursor;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/**
 * Samples that come into being when they are asked for, in order, pass after pass over data whose end nobody knows. The
 * latest ones stay for a second look; asking for an earlier one begins again at the first.
 */
public final class StreamStore implements SampleStore {
    private static final int KEPT = 4096;

    private final IntFunction<Cursor<Sample>> passes;
    private final int count;
    private final Supplier<? extends RuntimeException> nothing;
    private final Sample[] latest = new Sample[KEPT];
    private Cursor<Sample> cursor;
    private int pass;
    private int next;
    private RowStatistics given = RowStatistics.NONE;

    /**
     * @param passes opens each pass over the data, from pass 0; the same samples whenever it is opened
     * @param count samples that will be asked for
     * @param nothing the complaint about a pass without any sample
     */
    public StreamStore(IntFunction<Cursor<Sample>> passes, int count, Supplier<? extends RuntimeException> nothing) {
        this.passes = passes;
        this.count = count;
        this.nothing = nothing;
        this.cursor = passes.apply(0);
    }

    @Override
    public int count() {
        return count;
    }

    @Override
    public boolean streams() {
        return true;
    }

    @Override
    public synchronized Sample sample(int index) {
        if (index < next - KEPT) {
            cursor.close();
            pass = 0;
            next = 0;
            given = RowStatistics.NONE;
            cursor = passes.apply(0);
        }
        while (next <= index) {
            Sample sample = advance();
            latest[next++ % KEPT] = sample;
            given = given.and(sample);
        }
        return latest[index % KEPT];
    }

    private Sample advance() {
        if (!cursor.hasNext()) {
            cursor.close();
            cursor = passes.apply(++pass);
            if (!cursor.hasNext()) {
                throw nothing.get();
            }
        }
        return cursor.next();
    }

    @Override
    public synchronized RowStatistics statistics() {
        return given;
    }

    @Override
    public synchronized void close() {
        cursor.close();
    }
}
