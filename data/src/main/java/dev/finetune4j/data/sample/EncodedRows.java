package dev.finetune4j.data.sample;

import dev.finetune4j.core.batch.TokenRow;
import dev.finetune4j.data.dataset.Cursor;
import dev.finetune4j.data.dataset.Dataset;
import dev.finetune4j.data.source.Provenance;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/** Encoded rows, to be read in any order. Immutable and thread-safe. */
public final class EncodedRows implements Dataset<TokenRow>, AutoCloseable {
    private final SampleStore samples;
    private final CutReport report;

    /** @param report what was kept, cut and left out on the way */
    public EncodedRows(SampleStore samples, CutReport report) {
        this.samples = samples;
        this.report = report;
    }

    /** Rows in memory. */
    public static EncodedRows of(List<Sample> samples, CutReport report) {
        return new EncodedRows(new MemoryStore(samples), report);
    }

    /** Number of rows. */
    public int count() {
        return samples.count();
    }

    /**
     * One row; of two that are compared, the first.
     *
     * @param index from 0; also the row's number
     */
    public TokenRow row(int index) {
        return samples.sample(index).tokens().row(index);
    }

    /** One row, or the two that are compared: the chosen before the rejected, an answer before the mismatched one. */
    public List<TokenRow> rows(int index) {
        List<TokenRow> rows = new ArrayList<>();
        samples.sample(index).rows().forEach(tokens -> rows.add(tokens.row(index)));
        return rows;
    }

    /** What stands at that place. */
    public Sample sample(int index) {
        return samples.sample(index);
    }

    /** Where a row comes from; of packed ones, where its first part does. */
    public Provenance provenance(int index) {
        return samples.sample(index).provenance();
    }

    /** Whether rows are read and encoded when they are asked for, so that only reading them in order is cheap. */
    public boolean streams() {
        return samples.streams();
    }

    /** Tokens of one row, without reading them where that can be avoided. */
    public int length(int index) {
        return samples.length(index);
    }

    /** What the rows come to; of those that stream, the ones read so far. */
    public RowStatistics statistics() {
        return samples.statistics();
    }

    /** What was kept, cut and left out. */
    public CutReport report() {
        return report;
    }

    @Override
    public Cursor<TokenRow> iterator() {
        Iterator<TokenRow> rows =
                IntStream.range(0, samples.count()).mapToObj(this::row).iterator();
        return Cursor.over(rows);
    }

    @Override
    public OptionalLong size() {
        return OptionalLong.of(samples.count());
    }

    @Override
    public void close() {
        samples.close();
    }
}
