package dev.finetune4j.data.batch;

import dev.finetune4j.core.error.DataException;
import dev.finetune4j.data.dataset.Cursor;
import dev.finetune4j.data.dataset.Dataset;
import dev.finetune4j.data.format.Reading;
import java.util.ArrayList;
import java.util.List;

/** Runs an encoder over a data set, group by group. */
public final class Encoding {
    private static final int REASONS = 3;
    private static final String NOTHING =
            "With this cutoff_len no block is filled, or no answer has a token left; change"
                    + " it, or turn packing off";

    private Encoding() {}

    /**
     * Encodes all rows.
     *
     * @param groups rows in groups of the preprocessing batch size
     * @param name what the rows are called in a message
     * @throws DataException if nothing is left to learn from; the message says why
     */
    public static EncodedRows run(Dataset<List<Reading>> groups, GroupEncoder encoder, String name) {
        CutReport report = new CutReport();
        List<Sample> samples = new ArrayList<>();
        long rows = 0;
        try (Cursor<List<Reading>> cursor = groups.iterator()) {
            while (cursor.hasNext()) {
                List<Reading> group = cursor.next();
                rows += group.size();
                samples.addAll(encoder.encode(group, report));
            }
        }
        if (rows == 0) {
            throw new DataException(name, "The data set has no rows.");
        }
        if (samples.stream().noneMatch(Sample::isTrained)) {
            String reasons = report.topReasons(REASONS);
            throw new DataException(
                    name,
                    "None of its " + rows + " rows can be learned from. "
                            + (reasons.isEmpty() ? NOTHING : reasons)
                            + ".");
        }
        return new EncodedRows(samples, report);
    }
}
