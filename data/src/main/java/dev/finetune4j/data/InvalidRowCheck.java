package dev.finetune4j.data;

import dev.finetune4j.core.error.DataException;
import dev.finetune4j.data.DataRequest.InvalidRows;
import dev.finetune4j.data.sample.CutReport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says what became of rows that cannot be used, and stops the run where that is asked for. */
final class InvalidRowCheck {
    private static final Logger LOG = LoggerFactory.getLogger(InvalidRowCheck.class);

    /** Rows of a stream from which their share says something. */
    private static final int ENOUGH = 1000;

    private final InvalidRows wish;
    private final String name;

    /** @param name what the rows are called in a message */
    InvalidRowCheck(InvalidRows wish, String name) {
        this.wish = wish;
        this.name = name;
    }

    /** @throws DataException if a row was left out and the first one is to stop the run, or too many of a stream were */
    void soFar(CutReport report, boolean streams) {
        if (streams && report.rows() >= ENOUGH && report.invalid() > wish.mostShare() * report.rows()) {
            throw tooMany(report);
        }
        if (wish.policy() == InvalidRows.Policy.FAIL && report.invalid() > 0) {
            throw new DataException(
                    name,
                    "A row cannot be used, and invalid_rows is fail: " + report.topReasons(1)
                            + ". Correct it, or set invalid_rows to skip.");
        }
    }

    /** @throws DataException if rows were left out and none may be, or more than may be */
    void all(CutReport report) {
        String reasons = report.topReasons(Integer.MAX_VALUE);
        if (reasons.isEmpty()) {
            return;
        }
        long invalid = report.invalid();
        if (wish.policy() == InvalidRows.Policy.COLLECT && invalid > 0) {
            throw new DataException(
                    name,
                    invalid + " of " + report.rows() + " rows cannot be used, and invalid_rows is collect: " + reasons
                            + ". Correct them, or set invalid_rows to skip.");
        }
        if (invalid > wish.mostShare() * report.rows()) {
            throw tooMany(report);
        }
        LOG.warn("{}: rows were left out: {}", name, reasons);
    }

    private DataException tooMany(CutReport report) {
        return new DataException(
                name,
                report.invalid() + " of " + report.rows() + " rows cannot be used, more than the share of "
                        + wish.mostShare() + " that max_invalid_share allows: " + report.topReasons(Integer.MAX_VALUE)
                        + ". Correct them, or raise it.");
    }
}
