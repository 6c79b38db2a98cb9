package dev.finetune4j.data.sample;

import java.util.List;

/** Samples in memory. */
final class MemoryStore implements SampleStore {
    private final List<Sample> samples;
    private final RowStatistics statistics;

    MemoryStore(List<Sample> samples) {
        this.samples = List.copyOf(samples);
        RowStatistics sum = RowStatistics.NONE;
        for (Sample sample : this.samples) {
            sum = sum.and(sample);
        }
        this.statistics = sum;
    }

    @Override
    public int count() {
        return samples.size();
    }

    @Override
    public Sample sample(int index) {
        return samples.get(index);
    }

    @Override
    public RowStatistics statistics() {
        return statistics;
    }
}
