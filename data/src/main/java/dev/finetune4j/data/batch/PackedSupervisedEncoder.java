package dev.finetune4j.data.batch;

import dev.finetune4j.core.batch.Labels;
import dev.finetune4j.data.format.Reading;
import dev.finetune4j.data.sample.CutReport;
import dev.finetune4j.data.sample.Sample;
import dev.finetune4j.data.sample.Tokens;
import java.util.ArrayList;
import java.util.List;

/** Supervised rows packed into longer ones, group by group. */
public final class PackedSupervisedEncoder implements GroupEncoder {
    private final SupervisedEncoder rows;
    private final int capacity;
    private final boolean neat;
    private final Masking masking;

    /**
     * @param capacity most tokens of a pack; rows above it are left out
     * @param neat whether packed rows are hidden from one another; otherwise they mix
     */
    public PackedSupervisedEncoder(SupervisedEncoder rows, int capacity, boolean neat, Masking masking) {
        this.rows = rows;
        this.capacity = capacity;
        this.neat = neat;
        this.masking = masking;
    }

    @Override
    public List<Sample> encode(List<Reading> group, CutReport report) {
        List<Sample> fitting = new ArrayList<>();
        for (Sample sample : rows.encode(group, report)) {
            if (sample.length() > capacity) {
                report.tooLong(sample, capacity);
            } else {
                fitting.add(masking.likeLlamaFactory() ? sample : withoutFirstLabel(sample));
            }
        }
        int[] lengths = fitting.stream().mapToInt(Sample::length).toArray();
        List<Sample> packs = new ArrayList<>();
        for (List<Integer> pack : Knapsack.pack(lengths, capacity)) {
            List<Tokens> together =
                    pack.stream().map(row -> fitting.get(row).tokens()).toList();
            packs.add(Sample.of(
                    Tokens.pack(together, neat), fitting.get(pack.get(0)).provenance()));
        }
        report.packed(packs.size());
        return packs;
    }

    /** The first token of a row would be predicted from the last token of the row packed before it, which says nothing. */
    private static Sample withoutFirstLabel(Sample sample) {
        int[] labels = sample.tokens().labels();
        if (labels.length > 0) {
            labels[0] = Labels.IGNORED;
        }
        return sample;
    }
}
