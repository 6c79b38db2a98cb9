package dev.finetune4j.data.sample;

/** Samples by number. Thread-safe; a number always stands for the same sample. */
public interface SampleStore extends AutoCloseable {
    int count();

    /** @param index from 0 below {@link #count()} */
    Sample sample(int index);

    /** Tokens of the first of the rows that stand at a place. */
    default int length(int index) {
        return sample(index).tokens().length();
    }

    /** Whether samples come into being when they are asked for, so that only reading them in order is cheap. */
    default boolean streams() {
        return false;
    }

    /** What the samples come to; of those that stream, the ones that were asked for so far. */
    RowStatistics statistics();

    /** Gives files back; a store in memory has none. */
    @Override
    default void close() {}
}
