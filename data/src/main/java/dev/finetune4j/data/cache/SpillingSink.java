package dev.finetune4j.data.cache;

import dev.finetune4j.core.error.DataException;
import dev.finetune4j.core.weights.Disk;
import dev.finetune4j.data.sample.CutReport;
import dev.finetune4j.data.sample.EncodedRows;
import dev.finetune4j.data.sample.RowStatistics;
import dev.finetune4j.data.sample.Sample;
import dev.finetune4j.data.sample.SampleStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes samples into memory as long as they are few, and into a temporary folder from there on, so that memory does not grow
 * with the data. The folder goes when the rows are closed.
 */
public final class SpillingSink implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SpillingSink.class);

    /** Tokens, labels beside them, that take 32 MB. */
    private static final long IN_MEMORY = 4_000_000;

    private final SampleLayout layout;
    private final long most;
    private final List<Sample> held = new ArrayList<>();
    private long tokens;
    private @Nullable Path folder;
    private @Nullable SampleWriter writer;

    /**
     * @param stage whose samples they are
     * @param packed whether rows share a sample
     */
    public SpillingSink(String stage, boolean packed) {
        this(stage, packed, IN_MEMORY);
    }

    /** @param most tokens that may lie in memory */
    SpillingSink(String stage, boolean packed, long most) {
        SampleLayout.Kind kind = SampleLayout.Kind.ofStage(stage);
        // Nobody else reads these, so they need not be what others expect.
        this.layout = new SampleLayout(kind == SampleLayout.Kind.TEXT ? SampleLayout.Kind.ROW : kind, packed);
        this.most = most;
    }

    /** Takes samples behind those that it has. */
    public void accept(List<Sample> samples) {
        if (writer != null) {
            samples.forEach(writer::append);
            return;
        }
        held.addAll(samples);
        samples.forEach(sample -> tokens += sample.length());
        if (tokens > most) {
            spill();
        }
    }

    private void spill() {
        try {
            folder = Files.createTempDirectory("finetune4j-rows-");
        } catch (IOException e) {
            throw new DataException(
                    System.getProperty("java.io.tmpdir"),
                    "The rows are too many for memory, and the temporary folder cannot be written: " + e.getMessage()
                            + ". Set tokenized_path to a folder with room for them.",
                    e);
        }
        SampleWriter started = new SampleWriter(folder, layout);
        writer = started;
        held.forEach(started::append);
        held.clear();
        LOG.debug("rows go to {}", folder);
    }

    /** All samples taken. Nothing more may come. */
    public EncodedRows finish(CutReport report) {
        SampleWriter written = writer;
        Path where = folder;
        if (written == null || where == null) {
            return EncodedRows.of(held, report);
        }
        written.finish();
        RowStatistics statistics = written.statistics();
        SampleStore table = SampleTable.written(where, layout, statistics);
        writer = null;
        folder = null;
        // Files stay mapped without their names, so that not even a killed process leaves them behind. Where the system
        // holds on to names of mapped files, they go when the rows are closed.
        return new EncodedRows(remove(where) ? table : new Removing(table, where), report);
    }

    private static boolean remove(Path where) {
        try {
            Disk.DEFAULT.remove(where);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        if (writer != null) {
            writer.close();
            writer = null;
        }
        if (folder != null && !remove(folder)) {
            LOG.warn("{} could not be removed", folder);
        }
        folder = null;
    }

    /** Removes a folder with the store. */
    private record Removing(SampleStore store, Path folder) implements SampleStore {
        @Override
        public int count() {
            return store.count();
        }

        @Override
        public Sample sample(int index) {
            return store.sample(index);
        }

        @Override
        public int length(int index) {
            return store.length(index);
        }

        @Override
        public RowStatistics statistics() {
            return store.statistics();
        }

        @Override
        public void close() {
            store.close();
            if (!remove(folder)) {
                LOG.warn("{} could not be removed", folder);
            }
        }
    }
}
