package dev.finetune4j.data.batch;

import dev.finetune4j.data.format.Rejection;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What encoding kept, cut and left out, data set by data set. Filled while rows are encoded; not thread-safe.
 */
public final class CutReport {
    private static final int EXAMPLES = 10;

    private final Map<String, Counts> counts = new LinkedHashMap<>();
    private final Map<String, Reason> reasons = new LinkedHashMap<>();
    private int packs;

    /**
     * Rows and tokens of one data set.
     *
     * @param rows rows read
     * @param kept rows encoded
     * @param rejected rows left out because they could not be used
     * @param untrained rows left out, or kept on request, because no token of them is learned
     * @param tooLong rows left out because they are longer than a pack
     * @param cut rows that lost tokens to the length limit
     * @param tokens tokens kept
     * @param labelled tokens learned
     * @param lostTokens tokens cut off
     * @param longest tokens of the longest row kept
     */
    public record Line(
            String dataset,
            long rows,
            long kept,
            long rejected,
            long untrained,
            long tooLong,
            long cut,
            long tokens,
            long labelled,
            long lostTokens,
            int longest) {}

    /**
     * Rows left out for the same reason.
     *
     * @param examples the first of them
     */
    public record Reason(String rule, long rows, List<Rejection> examples) {}

    private static final class Counts {
        private long rows;
        private long kept;
        private long rejected;
        private long untrained;
        private long tooLong;
        private long cut;
        private long tokens;
        private long labelled;
        private long lostTokens;
        private int longest;

        Line line(String dataset) {
            return new Line(
                    dataset, rows, kept, rejected, untrained, tooLong, cut, tokens, labelled, lostTokens, longest);
        }
    }

    /**
     * Counts a row.
     *
     * @param keepUntrained whether a row without a learned token stays
     * @return whether the row stays
     */
    boolean add(Outcome outcome, boolean keepUntrained) {
        Counts count = counts(outcome.provenance().dataset());
        count.rows++;
        Rejection rejection = outcome.rejection();
        if (rejection != null) {
            count.rejected++;
            reject(rejection);
            return false;
        }
        count.cut += outcome.lost() > 0 ? 1 : 0;
        count.lostTokens += outcome.lost();
        if (!outcome.sample().isTrained()) {
            count.untrained++;
            if (!keepUntrained) {
                reject(new Rejection(outcome.provenance(), "", "no token is learned within cutoff_len", ""));
                return false;
            }
        }
        count.kept++;
        count.tokens += outcome.sample().ids().length;
        count.labelled += outcome.labelled();
        count.longest = Math.max(count.longest, outcome.sample().ids().length);
        return true;
    }

    /** Takes back a row that was kept, because it is longer than a pack. */
    void tooLong(Sample sample, int capacity) {
        Counts count = counts(sample.provenance().dataset());
        count.kept--;
        count.tooLong++;
        count.tokens -= sample.ids().length;
        reject(new Rejection(
                sample.provenance(), "", "longer than a pack of " + capacity, sample.ids().length + " tokens"));
    }

    void packed(int more) {
        packs += more;
    }

    /** Counts tokens at the end of a group that fill no block. */
    void remainder(String dataset, int tokens) {
        counts(dataset).lostTokens += tokens;
        counts(dataset).tokens -= tokens;
    }

    private Counts counts(String dataset) {
        return counts.computeIfAbsent(dataset, name -> new Counts());
    }

    private void reject(Rejection rejection) {
        Reason before = reasons.getOrDefault(rejection.rule(), new Reason(rejection.rule(), 0, List.of()));
        List<Rejection> examples = before.examples();
        if (examples.size() < EXAMPLES) {
            examples = new ArrayList<>(examples);
            examples.add(rejection);
        }
        reasons.put(rejection.rule(), new Reason(rejection.rule(), before.rows() + 1, List.copyOf(examples)));
    }

    /** One line a data set, in the order in which they were met. */
    public List<Line> lines() {
        return counts.entrySet().stream()
                .map(entry -> entry.getValue().line(entry.getKey()))
                .toList();
    }

    /** Packs or blocks made, 0 without packing. */
    public int packs() {
        return packs;
    }

    /** Why rows were left out, the most frequent reason first. */
    public List<Reason> reasons() {
        return reasons.values().stream()
                .sorted((a, b) -> Long.compare(b.rows(), a.rows()))
                .toList();
    }

    /** The reasons as a sentence each, with the first row of each. */
    public String topReasons(int most) {
        StringBuilder out = new StringBuilder();
        for (Reason reason : reasons().subList(0, Math.min(most, reasons.size()))) {
            out.append(out.length() == 0 ? "" : "; ")
                    .append(reason.rows())
                    .append(reason.rows() == 1 ? " row: " : " rows: ")
                    .append(reason.rule())
                    .append(" (first: ")
                    .append(reason.examples().get(0))
                    .append(')');
        }
        return out.toString();
    }

    /** A table for people. */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder(String.format(
                Locale.ROOT,
                "%-24s %9s %9s %9s %9s %9s %12s %12s%n",
                "data set",
                "rows",
                "kept",
                "left out",
                "cut",
                "longest",
                "tokens",
                "lost"));
        for (Line line : lines()) {
            out.append(String.format(
                    Locale.ROOT,
                    "%-24s %9d %9d %9d %9d %9d %12d %12d%n",
                    line.dataset(),
                    line.rows(),
                    line.kept(),
                    line.rows() - line.kept(),
                    line.cut(),
                    line.longest(),
                    line.tokens(),
                    line.lostTokens()));
        }
        return out.toString();
    }
}
