package dev.finetune4j.data;

import dev.finetune4j.core.error.DataException;
import dev.finetune4j.data.dataset.random.NumpyPermutation;
import java.util.ArrayList;
import java.util.List;

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
        List<T> validation = new ArrayList<>();
        List<T> train = new ArrayList<>();
        for (int i = 0; i < order.length; i++) {
            (i < count ? validation : train).add(rows.get(order[i]));
        }
        return new Split<>(train, validation);
    }
}
