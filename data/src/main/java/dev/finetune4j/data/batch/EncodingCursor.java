package dev.finetune4j.data.batch;

import dev.finetune4j.data.dataset.Cursor;
import dev.finetune4j.data.dataset.LookaheadCursor;
import dev.finetune4j.data.format.Reading;
import dev.finetune4j.data.sample.CutReport;
import dev.finetune4j.data.sample.Sample;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ForkJoinPool;
import org.jspecify.annotations.Nullable;

/**
 * Encodes group after group, with two groups in memory: while threads encode one the next is read, unless one thread does
 * it all. Samples come in the order of the rows whatever the number of threads.
 */
public final class EncodingCursor extends LookaheadCursor<List<Sample>> {
    private final Cursor<List<Reading>> groups;
    private final GroupEncoder encoder;
    private final CutReport report;
    private final ForkJoinPool threads;
    private final boolean ahead;
    private @Nullable CompletableFuture<@Nullable List<Reading>> following;

    /**
     * @param groups rows in groups of the preprocessing batch size
     * @param report is told what was kept, cut and left out
     * @param workers threads that encode, at least 1
     */
    public EncodingCursor(Cursor<List<Reading>> groups, GroupEncoder encoder, CutReport report, int workers) {
        this.groups = groups;
        this.encoder = encoder;
        this.report = report;
        this.threads = new ForkJoinPool(workers);
        this.ahead = workers > 1;
    }

    @Override
    protected @Nullable List<Sample> advance() {
        List<Reading> group = following == null ? read() : join(following);
        if (group == null) {
            return null;
        }
        following = ahead ? CompletableFuture.supplyAsync(this::read) : null;
        // Parallel streams run in the pool of the task that starts them.
        return join(CompletableFuture.supplyAsync(() -> encoder.encode(group, report), threads));
    }

    private @Nullable List<Reading> read() {
        return groups.hasNext() ? groups.next() : null;
    }

    private static <T extends @Nullable Object> T join(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            if (e.getCause() instanceof Error cause) {
                throw cause;
            }
            throw e;
        }
    }

    @Override
    public void close() {
        threads.shutdown();
        if (following != null) {
            following.exceptionally(failure -> null).join();
            following = null;
        }
        groups.close();
    }
}
