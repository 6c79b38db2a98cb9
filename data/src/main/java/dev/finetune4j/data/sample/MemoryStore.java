package dev.finetune4j.data.sample;

import java.util.List;

/** Samples in memory. */
record MemoryStore(List<Sample> samples) implements SampleStore {
    MemoryStore {
        samples = List.copyOf(samples);
    }

    @Override
    public int count() {
        return samples.size();
    }

    @Override
    public Sample sample(int index) {
        return samples.get(index);
    }
}
