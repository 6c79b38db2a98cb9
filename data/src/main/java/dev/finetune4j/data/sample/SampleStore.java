package dev.finetune4j.data.sample;

/** Samples by number. Thread-safe; a number always stands for the same sample. */
public interface SampleStore extends AutoCloseable {
    int count();

    /** @param index from 0 below {@link #count()} */
    Sample sample(int index);

    /** Whether samples come into being when they are asked for, so that only reading them in order is cheap. */
    default boolean streams() {
        return false;
    }

    /** What the samples come to; of those that stream, the ones that were asked for so far. Looks at every sample. */
    default RowStatistics statistics() {
        return RowStatistics.of(this);
    }

    /** Gives files back; a store in memory has none. */
    @Override
    default void close() {}
}
