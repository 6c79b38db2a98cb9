package dev.finetune4j.data.dataset;

import dev.finetune4j.core.error.DataException;
import dev.finetune4j.data.dataset.random.NumpyChoice;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.IntSupplier;

/** How several data sets become one. */
public enum Mixing {
    /** One after the other. */
    CONCAT,
    /** In turn, until one has no row left. */
    INTERLEAVE_UNDER,
    /** In turn, exhausted ones starting over, until each has been read to its end. */
    INTERLEAVE_OVER,
    /** In turn, exhausted ones left out, until every row was used once. */
    INTERLEAVE_ONCE;

    /**
     * One data set of several; interleaving reads them into memory at each pass.
     *
     * @param probabilities chance of each data set to give the next row; empty to take turns. Not for {@link #CONCAT}
     * @param seed of the draws, as numpy's {@code default_rng} takes it
     */
    public <T> Dataset<T> mix(List<Dataset<T>> sets, double[] probabilities, long seed) {
        if (this == CONCAT || sets.size() == 1) {
            return Dataset.concat(sets);
        }
        return Dataset.from(
                () -> {
                    List<List<T>> rows = sets.stream().map(Dataset::toList).toList();
                    int[] lengths = rows.stream().mapToInt(List::size).toArray();
                    List<T> mixed = new ArrayList<>();
                    for (int[] place : order(lengths, probabilities, seed)) {
                        mixed.add(rows.get(place[0]).get(place[1]));
                    }
                    return Cursor.over(mixed.iterator());
                },
                OptionalLong.empty());
    }

    /** Pairs of data set and row, in the order in which rows are taken. */
    List<int[]> order(int[] lengths, double[] probabilities, long seed) {
        if (Arrays.stream(lengths).anyMatch(length -> length == 0)) {
            throw new DataException("mix_strategy", "a data set without rows cannot be interleaved. Leave it out.");
        }
        return probabilities.length == 0 ? inTurn(lengths) : drawn(lengths, new NumpyChoice(seed, probabilities)::next);
    }

    private List<int[]> inTurn(int[] lengths) {
        int rounds = this == INTERLEAVE_UNDER
                ? Arrays.stream(lengths).min().orElse(0)
                : Arrays.stream(lengths).max().orElse(0);
        List<int[]> order = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            for (int set = 0; set < lengths.length; set++) {
                if (this == INTERLEAVE_OVER || round < lengths[set]) {
                    order.add(new int[] {set, round % lengths[set]});
                }
            }
        }
        return order;
    }

    private List<int[]> drawn(int[] lengths, IntSupplier draws) {
        int[] at = new int[lengths.length];
        boolean[] exhausted = new boolean[lengths.length];
        int left = lengths.length;
        List<int[]> order = new ArrayList<>();
        while (this == INTERLEAVE_UNDER ? left == lengths.length : left > 0) {
            int set = draws.getAsInt();
            if (this == INTERLEAVE_ONCE && exhausted[set]) {
                continue;
            }
            order.add(new int[] {set, at[set]++});
            if (at[set] == lengths[set]) {
                left -= exhausted[set] ? 0 : 1;
                exhausted[set] = true;
                at[set] = 0;
            }
        }
        return order;
    }
}
