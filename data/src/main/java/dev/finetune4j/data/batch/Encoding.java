package dev.finetune4j.data.batch;

import dev.finetune4j.core.error.DataException;
import dev.finetune4j.data.dataset.Cursor;
import dev.finetune4j.data.dataset.Dataset;
import dev.finetune4j.data.format.Reading;
import dev.finetune4j.data.sample.CutReport;
import dev.finetune4j.data.sample.Sample;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs an encoder over a data set, group by group, in memory for two groups. While threads encode one group the next one is
 * read, unless there is one thread for all of it. Samples come in the order of the rows whatever the number of threads.
 */
public final class Encoding {
    private static final int REASONS = 3;
    private static final String NOTHING =
            "With this cutoff_len no block is filled, or no answer has a token left; change"
                    + " it, or turn packing off";

    private final GroupEncoder encoder;
    private final ForkJoinPool threads;
    private final boolean ahead;

    /** @param workers threads that encode, at least 1 */
    public Encoding(GroupEncoder encoder, int workers) {
        this.encoder = encoder;
        this.threads = new ForkJoinPool(workers);
        this.ahead = workers > 1;
    }

    /**
     * Encodes all rows.
     *
     * @param groups rows in groups of the preprocessing batch size
     * @param name what the rows are called in a message
     * @param report is told what was kept, cut and left out
     * @param sink takes the samples of each group, in order, on the calling thread
     * @throws DataException if nothing is left to learn from; the message says why
     */
    public void run(Dataset<List<Reading>> groups, String name, CutReport report, Consumer<List<Sample>> sink) {
        long rows = 0;
        boolean trained = false;
        try (Cursor<List<Reading>> cursor = groups.iterator()) {
            List<Reading> group = next(cursor);
            while (group != null) {
                CompletableFuture<@Nullable List<Reading>> following =
                        ahead ? CompletableFuture.supplyAsync(() -> next(cursor)) : null;
                List<Sample> samples = encode(group, report);
                rows += group.size();
                trained = trained || samples.stream().anyMatch(sample -> sample.isTrained() || !encoder.needsLabels());
                sink.accept(samples);
                group = following == null ? next(cursor) : join(following);
            }
        } finally {
            threads.shutdown();
        }
        if (rows == 0) {
            throw new DataException(name, "The data set has no rows.");
        }
        if (!trained) {
            String reasons = report.topReasons(REASONS);
            throw new DataException(
                    name,
                    "None of its " + rows + " rows can be learned from. "
                            + (reasons.isEmpty() ? NOTHING : reasons)
                            + ".");
        }
    }

    private static @Nullable List<Reading> next(Cursor<List<Reading>> cursor) {
        return cursor.hasNext() ? cursor.next() : null;
    }

    /** Parallel streams run in the pool of the task that starts them. */
    private List<Sample> encode(List<Reading> group, CutReport report) {
        return join(CompletableFuture.supplyAsync(() -> encoder.encode(group, report), threads));
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
}
