package dev.finetune4j.data.batch;

import dev.finetune4j.core.batch.TokenRow;
import dev.finetune4j.data.dataset.Cursor;
import dev.finetune4j.data.dataset.Dataset;
import dev.finetune4j.data.source.Provenance;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/** Encoded rows in memory, to be read in any order. Immutable and thread-safe. */
public final class EncodedRows implements Dataset<TokenRow> {
    private final List<Sample> samples;
    private final CutReport report;

    EncodedRows(List<Sample> samples, CutReport report) {
        this.samples = List.copyOf(samples);
        this.report = report;
    }

    /** Number of rows. */
    public int count() {
        return samples.size();
    }

    /**
     * One row.
     *
     * @param index from 0; also the row's number
     */
    public TokenRow row(int index) {
        return samples.get(index).row(index);
    }

    /** Where a row comes from; of packed ones, where its first part does. */
    public Provenance provenance(int index) {
        return samples.get(index).provenance();
    }

    /** What was kept, cut and left out. */
    public CutReport report() {
        return report;
    }

    @Override
    public Cursor<TokenRow> iterator() {
        Iterator<TokenRow> rows =
                IntStream.range(0, samples.size()).mapToObj(this::row).iterator();
        return Cursor.over(rows);
    }

    @Override
    public OptionalLong size() {
        return OptionalLong.of(samples.size());
    }
}
