package dev.finetune4j.data.sample;

/**
 * What encoded rows come to, both of them where two are compared.
 *
 * @param tokens of all rows
 * @param labelled tokens that are learned
 * @param longest tokens of the longest row
 */
public record RowStatistics(long tokens, long labelled, int longest) {
    static final RowStatistics NONE = new RowStatistics(0, 0, 0);

    static RowStatistics of(SampleStore samples) {
        RowStatistics sum = NONE;
        for (int i = 0; i < samples.count(); i++) {
            sum = sum.and(samples.sample(i));
        }
        return sum;
    }

    RowStatistics and(Sample sample) {
        long more = tokens;
        long learned = labelled;
        int most = longest;
        for (Tokens row : sample.rows()) {
            more += row.length();
            learned += row.row(0).labelled();
            most = Math.max(most, row.length());
        }
        return new RowStatistics(more, learned, most);
    }
}
