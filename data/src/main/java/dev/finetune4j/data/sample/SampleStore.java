package dev.finetune4j.data.sample;

/** Samples to be read in any order. Immutable and thread-safe. */
public interface SampleStore extends AutoCloseable {
    int count();

    /** @param index from 0 below {@link #count()} */
    Sample sample(int index);

    /** Gives files back; a store in memory has none. */
    @Override
    default void close() {}
}
