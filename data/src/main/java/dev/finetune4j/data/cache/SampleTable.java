package dev.finetune4j.data.cache;

import dev.finetune4j.data.arrow.ArrowFolder;
import dev.finetune4j.data.arrow.ArrowTable;
import dev.finetune4j.data.sample.RowStatistics;
import dev.finetune4j.data.sample.Sample;
import dev.finetune4j.data.sample.SampleStore;
import dev.finetune4j.data.source.Provenance;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Samples in mapped files; one is copied out when it is asked for. */
final class SampleTable implements SampleStore {
    private final String name;
    private final SampleLayout layout;
    private final ArrowTable table;
    private final @Nullable ArrowTable sources;
    private @Nullable RowStatistics statistics;

    private SampleTable(Path folder, SampleLayout layout, ArrowTable table, @Nullable RowStatistics statistics) {
        this.name = folder.toString();
        this.layout = layout;
        this.table = table;
        Path beside = folder.resolve(SampleWriter.SOURCES);
        this.sources = ArrowFolder.is(beside) ? ArrowTable.open(beside) : null;
        this.statistics = statistics;
    }

    /**
     * A table that {@link SampleWriter} wrote.
     *
     * @param statistics what its samples come to
     */
    static SampleTable written(Path folder, SampleLayout layout, RowStatistics statistics) {
        return new SampleTable(folder, layout, ArrowTable.open(folder), statistics);
    }

    /**
     * A table that somebody else wrote.
     *
     * @param unlearned token that pretraining does not learn
     * @throws dev.finetune4j.core.error.DataException if it does not hold samples of that kind
     */
    static SampleTable foreign(Path folder, SampleLayout.Kind kind, OptionalInt unlearned) {
        ArrowTable table = ArrowTable.open(folder);
        return new SampleTable(folder, SampleLayout.of(table, kind, unlearned, folder.toString()), table, null);
    }

    @Override
    public int count() {
        return table.count();
    }

    @Override
    public Sample sample(int index) {
        return layout.sample(table, index, provenance(index));
    }

    private Provenance provenance(int index) {
        return sources == null
                ? new Provenance(name, name, index, 0)
                : new Provenance(
                        sources.text("dataset", index), sources.text("file", index), sources.number("row", index), (int)
                                sources.number("line", index));
    }

    @Override
    public int length(int index) {
        return layout.length(table, index);
    }

    @Override
    public synchronized RowStatistics statistics() {
        if (statistics == null) {
            RowStatistics sum = RowStatistics.NONE;
            for (int i = 0; i < count(); i++) {
                sum = sum.and(sample(i));
            }
            statistics = sum;
        }
        return statistics;
    }
}
