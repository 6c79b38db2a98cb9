package dev.finetune4j.data;

import dev.finetune4j.core.error.DataException;
import dev.finetune4j.data.batch.EncodingCursor;
import dev.finetune4j.data.batch.GroupEncoder;
import dev.finetune4j.data.cache.RowKeeper;
import dev.finetune4j.data.cache.SpillingSink;
import dev.finetune4j.data.dataset.Cursor;
import dev.finetune4j.data.dataset.Dataset;
import dev.finetune4j.data.format.Reading;
import dev.finetune4j.data.sample.CutReport;
import dev.finetune4j.data.sample.EncodedRows;
import dev.finetune4j.data.sample.Sample;
import dev.finetune4j.data.sample.StreamStore;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.IntFunction;

/** Encodes the sets of one request: each to its end, or as far as training goes. */
final class SetEncoding {
    private static final int REASONS = 3;
    private static final String NOTHING =
            "With this cutoff_len no block is filled, or no answer has a token left; change"
                    + " it, or turn packing off";

    private final DataRequest.Handling handling;
    private final GroupEncoder encoder;
    private final String stage;
    private final boolean packed;

    SetEncoding(DataRequest request, GroupEncoder encoder) {
        this.stage = request.stage();
        this.packed = isPacked(request);
        this.handling = request.handling();
        this.encoder = encoder;
    }

    /** Whether rows of chats share a sample; blocks of plain text are one text each. */
    static boolean isPacked(DataRequest request) {
        return request.stage().equals("sft") && request.rendering().asksForPacking();
    }

    /**
     * All rows.
     *
     * @param name what the rows are called in a message
     * @throws DataException if too few rows are left, or nothing to learn from
     */
    EncodedRows encode(Dataset<Reading> rows, String name) {
        CutReport report = new CutReport();
        try (SpillingSink sink = new SpillingSink(stage, packed);
                Cursor<List<Sample>> groups = groups(rows, name, report)) {
            groups.forEachRemaining(sink::accept);
            EncodedRows encoded = sink.finish(report);
            require(encoded, name);
            return encoded;
        }
    }

    /** All rows into a folder, behind what a stopped run left there; see {@link #encode}. */
    void keep(RowKeeper keeper, String split, Dataset<Reading> rows, String name) {
        keeper.keep(split, Grouping.of(rows, handling.groups()), (groups, report) -> checked(groups, name, report));
    }

    /** @throws DataException if too few rows are left, or nothing to learn from */
    void require(EncodedRows rows, String name) {
        CutReport report = rows.report();
        if (report.rows() == 0) {
            throw new DataException(name, "The data set has no rows.");
        }
        if (rows.count() == 0 || encoder.needsLabels() && rows.statistics().labelled() == 0) {
            throw nothing(name, report);
        }
        new InvalidRowCheck(handling.invalid(), name).all(report);
    }

    /** The first samples, read as far as they need. */
    List<Sample> first(Dataset<Reading> rows, int most, String name) {
        List<Sample> first = new ArrayList<>();
        CutReport report = new CutReport();
        try (Cursor<List<Sample>> groups = groups(rows, name, report)) {
            while (first.size() < most && groups.hasNext()) {
                List<Sample> group = groups.next();
                first.addAll(group.subList(0, Math.min(group.size(), most - first.size())));
            }
        }
        if (first.isEmpty()) {
            throw nothing(name, report);
        }
        return first;
    }

    /**
     * Rows that are read and encoded when they are asked for.
     *
     * @param passes the rows of each pass over the data, from pass 0
     * @param count rows that will be asked for
     */
    EncodedRows stream(IntFunction<Dataset<Reading>> passes, int count, String name) {
        CutReport report = new CutReport();
        IntFunction<Cursor<Sample>> encoded =
                pass -> Dataset.from(() -> groups(passes.apply(pass), name, report), OptionalLong.empty())
                        .flatMap(group -> group)
                        .iterator();
        return new EncodedRows(new StreamStore(encoded, count, () -> nothing(name, report)), report);
    }

    private Cursor<List<Sample>> groups(Dataset<Reading> rows, String name, CutReport report) {
        return checked(Grouping.of(rows, handling.groups()).iterator(), name, report);
    }

    private Cursor<List<Sample>> checked(Cursor<List<Reading>> groups, String name, CutReport report) {
        InvalidRowCheck check = new InvalidRowCheck(handling.invalid(), name);
        EncodingCursor encoded = new EncodingCursor(groups, encoder, report, workers());
        return new CheckedCursor(encoded, check, report, handling.stream() != null);
    }

    private static DataException nothing(String name, CutReport report) {
        String reasons = report.topReasons(REASONS);
        return new DataException(
                name,
                "None of its " + report.rows() + " rows can be learned from. " + (reasons.isEmpty() ? NOTHING : reasons)
                        + ".");
    }

    private int workers() {
        Integer wanted = handling.groups().workers();
        return wanted == null ? Runtime.getRuntime().availableProcessors() : wanted;
    }

    /** Looks at the account behind every group. */
    private record CheckedCursor(Cursor<List<Sample>> groups, InvalidRowCheck check, CutReport report, boolean streams)
            implements Cursor<List<Sample>> {
        @Override
        public boolean hasNext() {
            boolean more = groups.hasNext();
            check.soFar(report, streams);
            return more;
        }

        @Override
        public List<Sample> next() {
            return groups.next();
        }

        @Override
        public void close() {
            groups.close();
        }
    }
}
