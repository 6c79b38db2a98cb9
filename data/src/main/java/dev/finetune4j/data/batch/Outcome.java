package dev.finetune4j.data.batch;

import dev.finetune4j.core.error.TemplateException;
import dev.finetune4j.data.batch.limit.LengthLimit;
import dev.finetune4j.data.format.Rejection;
import dev.finetune4j.data.sample.CutReport;
import dev.finetune4j.data.sample.Sample;
import dev.finetune4j.data.source.Provenance;
import java.util.ArrayList;
import java.util.List;

/** What became of one row. */
sealed interface Outcome {
    /** @param lost tokens that the length limit cut off */
    record Encoded(Sample sample, int lost) implements Outcome {}

    /** A row that cannot be used. */
    record Rejected(Rejection rejection) implements Outcome {}

    /** A row that is longer than the limit, where such rows are not to be used. */
    record TooLong(Provenance provenance, int length, LengthLimit limit) implements Outcome {}

    static Outcome of(Sample sample, int lost) {
        return new Encoded(sample, lost);
    }

    static Outcome rejected(Provenance provenance, String rule) {
        return new Rejected(new Rejection(provenance, "", rule, ""));
    }

    /** A row that the template cannot write. */
    static Outcome unrendered(Provenance provenance, TemplateException why) {
        return new Rejected(new Rejection(provenance, "", "cannot be rendered", String.valueOf(why.getMessage())));
    }

    /**
     * The samples that stay, in order, all rows counted.
     *
     * @param keepUntrained whether samples without a learned token stay
     */
    static List<Sample> kept(List<Outcome> outcomes, CutReport report, boolean keepUntrained) {
        List<Sample> samples = new ArrayList<>();
        for (Outcome outcome : outcomes) {
            if (outcome instanceof Rejected rejected) {
                report.rejected(rejected.rejection());
            } else if (outcome instanceof TooLong row) {
                row.limit().complain(row.length(), row.provenance());
                report.dropped(row.provenance(), row.length(), row.limit().tokens());
            } else if (outcome instanceof Encoded row && report.encoded(row.sample(), row.lost(), keepUntrained)) {
                samples.add(row.sample());
            }
        }
        return samples;
    }
}
