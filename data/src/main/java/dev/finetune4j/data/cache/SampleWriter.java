package dev.finetune4j.data.cache;

import dev.finetune4j.data.arrow.ArrowColumn;
import dev.finetune4j.data.arrow.ArrowColumn.Type;
import dev.finetune4j.data.arrow.ArrowShardWriter;
import dev.finetune4j.data.sample.RowStatistics;
import dev.finetune4j.data.sample.Sample;
import dev.finetune4j.data.source.Provenance;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Writes samples into a folder: the table that others read, and beside it, in a folder of its own, where each sample comes
 * from. Holds one record batch in memory. Closing an unfinished writer leaves nothing.
 */
final class SampleWriter implements AutoCloseable {
    /** Sub-folder of a table that says where its rows come from. */
    static final String SOURCES = "sources";

    static final List<ArrowColumn> SOURCE_COLUMNS = List.of(
            ArrowColumn.of("dataset", Type.TEXT),
            ArrowColumn.of("file", Type.TEXT),
            ArrowColumn.of("row", Type.INT64),
            ArrowColumn.of("line", Type.INT32));

    /** Every batch costs a look at its head when the table is opened, and its rows wait in memory until it is full. */
    private static final ArrowShardWriter.Options OPTIONS = new ArrowShardWriter.Options(4000, 500_000_000, Map.of());

    private final SampleLayout layout;
    private final ArrowShardWriter table;
    private final ArrowShardWriter sources;
    private RowStatistics statistics = RowStatistics.NONE;

    SampleWriter(Path folder, SampleLayout layout) {
        this.layout = layout;
        this.table = ArrowShardWriter.open(folder, layout.columns(), OPTIONS);
        this.sources = ArrowShardWriter.open(folder.resolve(SOURCES), SOURCE_COLUMNS, OPTIONS);
    }

    void append(Sample sample) {
        table.append(layout.values(sample));
        Provenance from = sample.provenance();
        sources.append(from.dataset(), from.file(), from.row(), from.line());
        statistics = statistics.and(sample);
    }

    /** What was written so far. */
    RowStatistics statistics() {
        return statistics;
    }

    /** Gives the files their names. */
    void finish() {
        sources.finish();
        table.finish();
    }

    @Override
    public void close() {
        table.close();
        sources.close();
    }
}
