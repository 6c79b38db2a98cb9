package dev.finetune4j.data.dataset;

import dev.finetune4j.data.dataset.random.NumpyBuffer;
import dev.finetune4j.data.dataset.random.TorchPermutation;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * A lazy, restartable sequence: {@code iterator()} twice gives the same elements in the same order. Operations return new
 * data sets and read nothing; elements are never null. A data set may be shared between threads, its cursors may not.
 */
public interface Dataset<T> extends Iterable<T> {
    @Override
    Cursor<T> iterator();

    /** Number of elements where it is known without reading them. */
    OptionalLong size();

    /**
     * A data set that opens a new cursor for each pass.
     *
     * @param size elements, empty where unknown
     */
    static <T> Dataset<T> from(Supplier<Cursor<T>> opener, OptionalLong size) {
        return new OpenedDataset<>(opener, size);
    }

    /** Elements held in memory by the caller; the list is not copied and must not change. */
    static <T> Dataset<T> of(List<T> elements) {
        return from(() -> Cursor.over(elements.iterator()), OptionalLong.of(elements.size()));
    }

    /** Elements from anything that can be iterated again, such as a Spark or database result. */
    static <T> Dataset<T> of(Iterable<T> elements) {
        return from(() -> Cursor.over(elements.iterator()), OptionalLong.empty());
    }

    /** One after the other, in the order of the list. */
    static <T> Dataset<T> concat(List<? extends Dataset<T>> parts) {
        List<Dataset<T>> copy = List.copyOf(parts);
        long sum = 0;
        for (Dataset<T> part : copy) {
            sum = part.size().isPresent() && sum >= 0 ? sum + part.size().getAsLong() : -1;
        }
        return from(
                () -> new FlatCursor<>(Cursor.over(copy.iterator()), part -> part),
                sum < 0 ? OptionalLong.empty() : OptionalLong.of(sum));
    }

    default <R> Dataset<R> map(Function<? super T, ? extends R> function) {
        return from(() -> new MappedCursor<>(iterator(), function), size());
    }

    /** Each element replaced by any number of others. */
    default <R> Dataset<R> flatMap(Function<? super T, ? extends Iterable<R>> function) {
        return from(() -> new FlatCursor<>(iterator(), function), OptionalLong.empty());
    }

    default Dataset<T> filter(Predicate<? super T> predicate) {
        return from(() -> new FilteredCursor<>(iterator(), predicate), OptionalLong.empty());
    }

    /**
     * The first elements only.
     *
     * @param count at least 0
     */
    default Dataset<T> take(long count) {
        OptionalLong size = size();
        return from(
                () -> new TakenCursor<>(iterator(), count),
                size.isPresent() ? OptionalLong.of(Math.min(size.getAsLong(), count)) : size);
    }

    /** All but the first elements; where a stopped run goes on. */
    default Dataset<T> skip(long count) {
        OptionalLong size = size();
        return from(
                () -> {
                    Cursor<T> cursor = iterator();
                    for (long i = 0; i < count && cursor.hasNext(); i++) {
                        cursor.next();
                    }
                    return cursor;
                },
                size.isPresent() ? OptionalLong.of(Math.max(0, size.getAsLong() - count)) : size);
    }

    /** Runs of {@code size} elements; the last may be shorter. */
    default Dataset<List<T>> chunked(int size) {
        return from(() -> new ChunkedCursor<>(iterator(), size), OptionalLong.empty());
    }

    /**
     * All elements in the order in which torch's sampler draws them for that seed. Reads the whole data set into memory
     * once a pass.
     */
    default Dataset<T> shuffle(long seed) {
        return from(
                () -> {
                    List<T> all = toList();
                    int[] order = TorchPermutation.of(all.size(), seed);
                    return Cursor.over(new Iterator<T>() {
                        private int at;

                        @Override
                        public boolean hasNext() {
                            return at < order.length;
                        }

                        @Override
                        public T next() {
                            return all.get(order[at++]);
                        }
                    });
                },
                size());
    }

    /**
     * The elements in an order that needs no more than a buffer of them: each is drawn from the buffer and its place filled
     * with the next. The same order as that of Hugging Face's {@code IterableDataset.shuffle}.
     *
     * @param buffer elements held; 1 changes nothing
     * @param epoch from 0; draws differ from pass to pass
     */
    default Dataset<T> shuffle(int buffer, long seed, int epoch) {
        return buffer == 1
                ? this
                : from(() -> new BufferedCursor<>(iterator(), new NumpyBuffer(buffer, seed, epoch), buffer), size());
    }

    /** Reads everything into memory. */
    default List<T> toList() {
        List<T> all = new ArrayList<>();
        try (Cursor<T> cursor = iterator()) {
            cursor.forEachRemaining(all::add);
        }
        return all;
    }
}
