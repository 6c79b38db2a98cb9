package dev.finetune4j.data.cache;

import dev.finetune4j.core.error.DataException;
import dev.finetune4j.core.weights.Disk;
import dev.finetune4j.data.arrow.JoinedTables;
import dev.finetune4j.data.dataset.Cursor;
import dev.finetune4j.data.dataset.Dataset;
import dev.finetune4j.data.format.Reading;
import dev.finetune4j.data.sample.CutReport;
import dev.finetune4j.data.sample.RowStatistics;
import dev.finetune4j.data.sample.Sample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Encodes rows into a folder, part by part. A part is finished or absent, so a run that was killed goes on behind the
 * finished ones; the folder itself appears when all of it is there.
 */
public final class RowKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(RowKeeper.class);
    private static final String PARTS = ".parts";
    private static final String KEY = "key.json";
    private static final String DONE = "done.json";
    private static final String JOINED = "joined";

    /** Groups of rows that are one part. */
    private static final int GROUPS = 50;

    private final Path target;
    private final Path parts;
    private final boolean replace;
    private final CacheKey key;
    private final SampleLayout layout;
    private final int groupsOfPart;
    private final Map<String, Manifest.Part> splits = new LinkedHashMap<>();

    /** Encodes groups of rows. */
    @FunctionalInterface
    public interface Encoder {
        /**
         * @param groups closed by the caller
         * @param report is told what was kept, cut and left out
         */
        Cursor<List<Sample>> encode(Cursor<List<Reading>> groups, CutReport report);
    }

    /**
     * @param replace whether rows that are there give way
     * @param stage that the rows are for
     * @throws DataException if something else than encoded rows is there
     */
    public RowKeeper(Path target, boolean replace, CacheKey key, String stage) {
        this(target, replace, key, new SampleLayout(SampleLayout.Kind.ofStage(stage), false), GROUPS);
    }

    /**
     * The same for rows of which several share a sample. They are filled up to one length, so that others can train from them.
     *
     * @param width that length
     * @param pad token that fills them up
     */
    public static RowKeeper ofPacks(Path target, boolean replace, CacheKey key, int width, int pad) {
        SampleLayout layout = new SampleLayout(SampleLayout.Kind.ROW, true, new Padding(width, pad, true));
        return new RowKeeper(target, replace, key, layout, GROUPS);
    }

    RowKeeper(Path target, boolean replace, CacheKey key, SampleLayout layout, int groupsOfPart) {
        this.target = target.toAbsolutePath();
        this.replace = replace;
        this.parts = this.target.resolveSibling(this.target.getFileName() + PARTS);
        this.key = key;
        this.layout = layout;
        this.groupsOfPart = groupsOfPart;
        prepare();
    }

    /** Parts that another run left behind are of use where it made them of and by the same things. */
    private void prepare() {
        Manifest.refuseForeign(target);
        Path note = parts.resolve(KEY);
        boolean same = Files.isRegularFile(note)
                && !Files.exists(parts.resolve(JOINED))
                && Manifest.read(note, CacheKey.class).equals(key);
        if (!same) {
            remove(parts);
            try {
                Files.createDirectories(parts);
            } catch (IOException e) {
                throw new DataException(parts.toString(), "The folder cannot be made: " + e.getMessage() + ".", e);
            }
            Manifest.write(note, key);
        }
    }

    /**
     * Encodes one set, behind the parts of it that are there.
     *
     * @param split its name in the folder
     * @param groups all its rows
     * @return what was kept, cut and left out of all of them
     */
    public CutReport keep(String split, Dataset<List<Reading>> groups, Encoder encoder) {
        List<Manifest.Part> done = finished(split);
        if (!done.isEmpty()) {
            LOG.info("{}: going on behind {} finished parts of {}", target, done.size(), split);
        }
        try (Cursor<List<Reading>> rest =
                groups.skip((long) done.size() * groupsOfPart).iterator()) {
            while (rest.hasNext() || done.isEmpty()) {
                done.add(part(folder(split, done.size()), rest, encoder));
            }
        }
        CutReport report = new CutReport();
        RowStatistics statistics = RowStatistics.NONE;
        for (Manifest.Part part : done) {
            report.add(part.report());
            statistics = statistics.and(part.statistics());
        }
        splits.put(split, new Manifest.Part(statistics, report.snapshot()));
        return report;
    }

    private Manifest.Part part(Path folder, Cursor<List<Reading>> rest, Encoder encoder) {
        remove(folder);
        CutReport report = new CutReport();
        try (SampleWriter writer = new SampleWriter(folder, layout);
                Cursor<List<Sample>> samples = encoder.encode(new Some(rest, groupsOfPart), report)) {
            while (samples.hasNext()) {
                samples.next().forEach(writer::append);
            }
            writer.finish();
            Manifest.Part part = new Manifest.Part(writer.statistics(), report.snapshot());
            Manifest.write(folder.resolve(DONE), part);
            return part;
        }
    }

    private List<Manifest.Part> finished(String split) {
        List<Manifest.Part> done = new ArrayList<>();
        Path next = folder(split, 0).resolve(DONE);
        while (Files.isRegularFile(next)) {
            done.add(Manifest.read(next, Manifest.Part.class));
            next = folder(split, done.size()).resolve(DONE);
        }
        return done;
    }

    private Path folder(String split, int part) {
        return parts.resolve(split).resolve(String.format(Locale.ROOT, "%05d", part));
    }

    /** Puts the parts together under the folder's own name. */
    public void finish() {
        Path joined = parts.resolve(JOINED);
        for (String split : splits.keySet()) {
            List<Path> tables = new ArrayList<>();
            List<Path> sources = new ArrayList<>();
            for (int i = 0; Files.isDirectory(folder(split, i)); i++) {
                tables.add(folder(split, i));
                sources.add(folder(split, i).resolve(SampleWriter.SOURCES));
            }
            JoinedTables.join(sources, joined.resolve(split).resolve(SampleWriter.SOURCES), null);
            JoinedTables.join(tables, joined.resolve(split), split);
        }
        JoinedTables.nameSplits(joined, List.copyOf(splits.keySet()));
        Manifest.write(joined.resolve(Manifest.FILE), new Manifest(key, layout.packed(), splits));
        try {
            if (replace) {
                Disk.DEFAULT.remove(target);
            }
            Files.deleteIfExists(target);
            Disk.DEFAULT.move(joined, target);
        } catch (IOException e) {
            throw new DataException(target.toString(), "The folder cannot be written: " + e.getMessage() + ".", e);
        }
        remove(parts);
    }

    private static void remove(Path folder) {
        try {
            Disk.DEFAULT.remove(folder);
        } catch (IOException e) {
            throw new DataException(folder.toString(), "The folder cannot be removed: " + e.getMessage() + ".", e);
        }
    }

    /** The next few groups of a cursor, which stays open. */
    private static final class Some implements Cursor<List<Reading>> {
        private final Cursor<List<Reading>> all;
        private int left;

        Some(Cursor<List<Reading>> all, int most) {
            this.all = all;
            this.left = most;
        }

        @Override
        public boolean hasNext() {
            return left > 0 && all.hasNext();
        }

        @Override
        public List<Reading> next() {
            left--;
            return all.next();
        }
    }
}
