package dev.finetune4j.data.batch;

import dev.finetune4j.core.batch.Labels;
import dev.finetune4j.data.format.Rejection;
import dev.finetune4j.data.source.Provenance;
import org.jspecify.annotations.Nullable;

/**
 * What became of one row.
 *
 * @param sample its tokens; without any where it was rejected
 * @param lost tokens that the length limit cut off
 * @param rejection why it was left out, null where it was not
 */
record Outcome(Sample sample, int lost, @Nullable Rejection rejection) {
    private static final int[] NONE = {};

    static Outcome of(Sample sample, int lost) {
        return new Outcome(sample, lost, null);
    }

    static Outcome rejected(Rejection rejection) {
        return new Outcome(Sample.of(NONE, NONE, rejection.provenance()), 0, rejection);
    }

    Provenance provenance() {
        return sample.provenance();
    }

    /** Tokens that carry a label. */
    int labelled() {
        int count = 0;
        for (int label : sample.labels()) {
            count += label == Labels.IGNORED ? 0 : 1;
        }
        return count;
    }
}
