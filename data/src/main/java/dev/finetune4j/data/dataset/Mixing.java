package dev.finetune4j.data.dataset;

import dev.finetune4j.data.dataset.random.NumpyChoice;
import java.util.List;
import java.util.OptionalLong;

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
     * One data set of several, read as it is iterated.
     *
     * @param probabilities chance of each data set to give the next row; empty to take turns. Not for {@link #CONCAT}
     * @param seed of the draws, as numpy's {@code default_rng} takes it
     */
    public <T> Dataset<T> mix(List<Dataset<T>> sets, double[] probabilities, long seed) {
        if (this == CONCAT || sets.size() == 1) {
            return Dataset.concat(sets);
        }
        List<Dataset<T>> copy = List.copyOf(sets);
        return Dataset.from(
                () -> new InterleavedCursor<>(
                        copy, this, probabilities.length == 0 ? null : new NumpyChoice(seed, probabilities)::next),
                OptionalLong.empty());
    }
}
