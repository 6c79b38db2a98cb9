package dev.finetune4j.data.sample;

/**
 * What encoded rows come to, both of them where two are compared.
 *
 * @param tokens of all rows
 * @param labelled tokens that are learned
 * @param longest tokens of the longest row
 * @param largestId of all tokens, -1 without any
 */
public record RowStatistics(long tokens, long labelled, int longest, int largestId) {
    public static final RowStatistics NONE = new RowStatistics(0, 0, 0, -1);

    /** With one more sample. */
    public RowStatistics and(Sample sample) {
        long more = tokens;
        long learned = labelled;
        int most = longest;
        int largest = largestId;
        for (Tokens row : sample.rows()) {
            more += row.length();
            learned += row.learned();
            most = Math.max(most, row.length());
            for (int id : row.ids()) {
                largest = Math.max(largest, id);
            }
        }
        return new RowStatistics(more, learned, most, largest);
    }

    /** With more samples. */
    public RowStatistics and(RowStatistics others) {
        return new RowStatistics(
                tokens + others.tokens,
                labelled + others.labelled,
                Math.max(longest, others.longest),
                Math.max(largestId, others.largestId));
    }
}
