package dev.finetune4j.data;

import dev.finetune4j.core.error.DataException;
import dev.finetune4j.data.dataset.random.NumpyPermutation;
import java.util.AbstractList;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;

/**
 * Rows divided into those to train on and those to evaluate on, in the order of a seeded permutation whose first part
 * validates. The same rows as the Hugging Face splitter's.
 */
record Split<T>(List<T> train, List<T> validation) {
    /** @param size number of validation rows if above 1, share if below */
    static <T> Split<T> of(List<T> rows, double size, long seed) {
        if (size == 1) {
            throw new DataException(
                    "val_size", "1 could mean one row or all of them. Give at least 2 rows, or a share below 1.");
        }
        int count = size > 1 ? (int) size : (int) Math.ceil(size * rows.size());
        if (count < 1 || count >= rows.size()) {
            throw new DataException(
                    "val_size",
                    "splitting " + count + " of " + rows.size()
                            + " rows off leaves one side empty. Lower val_size or add rows.");
        }
        int[] order = NumpyPermutation.of(rows.size(), seed);
        return new Split<>(new Some<>(rows, order, count, order.length), new Some<>(rows, order, 0, count));
    }

    /** Rows of a list in an order of their own. */
    private static final class Some<T> extends AbstractList<T> implements RandomAccess {
        private final List<T> rows;
        private final int[] order;
        private final int from;
        private final int to;

        Some(List<T> rows, int[] order, int from, int to) {
            this.rows = rows;
            this.order = order;
            this.from = from;
            this.to = to;
        }

        @Override
        public int size() {
            return to - from;
        }

        @Override
        public T get(int index) {
            return rows.get(order[from + Objects.checkIndex(index, size())]);
        }
    }
}
