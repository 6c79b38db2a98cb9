package dev.finetune4j.data.batch;

import dev.finetune4j.data.format.Reading;
import dev.finetune4j.data.sample.CutReport;
import dev.finetune4j.data.sample.Sample;
import java.util.List;

/** Turns a group of rows into samples. Stateless; groups may be encoded in any order. */
public interface GroupEncoder {
    /**
     * Samples of the group, in order. Rows that become none are counted in the report, with the reason.
     *
     * @param group rows of one preprocessing group, the unusable ones among them
     */
    List<Sample> encode(List<Reading> group, CutReport report);

    /** Whether a sample without a learned token is of no use. */
    default boolean needsLabels() {
        return true;
    }
}
