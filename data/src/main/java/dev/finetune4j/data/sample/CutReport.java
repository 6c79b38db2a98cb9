package dev.finetune4j.data.sample;

import dev.finetune4j.data.format.Rejection;
import dev.finetune4j.data.source.Provenance;
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
     * Everything that a report knows, to be written down and read again.
     *
     * @param lengths rows of each length, by data set
     */
    public record Snapshot(
            List<Line> lines, List<Reason> reasons, Map<String, Map<Integer, Long>> lengths, int packs) {}

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
        private final Lengths lengths = new Lengths();

        void add(Line line) {
            rows += line.rows();
            kept += line.kept();
            rejected += line.rejected();
            untrained += line.untrained();
            tooLong += line.tooLong();
            cut += line.cut();
            tokens += line.tokens();
            labelled += line.labelled();
            lostTokens += line.lostTokens();
            longest = Math.max(longest, line.longest());
        }

        Line line(String dataset) {
            return new Line(
                    dataset, rows, kept, rejected, untrained, tooLong, cut, tokens, labelled, lostTokens, longest);
        }
    }

    /** Counts a row that was left out because it cannot be used. */
    public void rejected(Rejection rejection) {
        Counts count = counts(rejection.provenance().dataset());
        count.rows++;
        count.rejected++;
        reject(rejection);
    }

    /**
     * Counts a row that was encoded.
     *
     * @param lost tokens that the length limit cut off
     * @param keepUntrained whether a row without a learned token stays
     * @return whether the row stays
     */
    public boolean encoded(Sample sample, int lost, boolean keepUntrained) {
        Counts count = counts(sample.provenance().dataset());
        count.rows++;
        count.cut += lost > 0 ? 1 : 0;
        count.lostTokens += lost;
        if (!sample.isTrained()) {
            count.untrained++;
            if (!keepUntrained) {
                reject(new Rejection(sample.provenance(), "", "no token is learned within cutoff_len", ""));
                return false;
            }
        }
        count.kept++;
        count.tokens += sample.length();
        count.labelled += sample.labelled();
        count.longest = Math.max(count.longest, sample.length());
        count.lengths.add(sample.length() + lost);
        return true;
    }

    /** Counts a row that was left out because it is longer than the limit. */
    public void dropped(Provenance provenance, int length, int limit) {
        Counts count = counts(provenance.dataset());
        count.rows++;
        count.tooLong++;
        count.lostTokens += length;
        count.lengths.add(length);
        reject(new Rejection(provenance, "", "longer than cutoff_len " + limit, length + " tokens"));
    }

    /** Takes back a row that was kept, because it is longer than a pack. */
    public void tooLong(Sample sample, int capacity) {
        Counts count = counts(sample.provenance().dataset());
        count.kept--;
        count.tooLong++;
        count.tokens -= sample.length();
        count.labelled -= sample.labelled();
        count.lostTokens += sample.length();
        reject(new Rejection(
                sample.provenance(), "", "longer than a pack of " + capacity, sample.length() + " tokens"));
    }

    /** Counts packs or blocks. */
    public void packed(int more) {
        packs += more;
    }

    /** Counts tokens at the end of a group that fill no block. */
    public void remainder(String dataset, int tokens) {
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

    /** Lengths of all rows that could be encoded, before they were cut. */
    public Lengths lengths() {
        Lengths all = new Lengths();
        counts.values().forEach(count -> all.add(count.lengths.counts()));
        return all;
    }

    /** What is known now. */
    public Snapshot snapshot() {
        Map<String, Map<Integer, Long>> lengths = new LinkedHashMap<>();
        counts.forEach((name, count) -> lengths.put(name, count.lengths.counts()));
        return new Snapshot(lines(), List.copyOf(reasons.values()), lengths, packs);
    }

    /** Counts what another report counted, behind what this one did. */
    public void add(Snapshot other) {
        other.lines().forEach(line -> counts(line.dataset()).add(line));
        other.lengths().forEach((name, lengths) -> counts(name).lengths.add(lengths));
        for (Reason reason : other.reasons()) {
            Reason before = reasons.getOrDefault(reason.rule(), new Reason(reason.rule(), 0, List.of()));
            List<Rejection> examples = new ArrayList<>(before.examples());
            examples.addAll(reason.examples());
            reasons.put(
                    reason.rule(),
                    new Reason(
                            reason.rule(),
                            before.rows() + reason.rows(),
                            List.copyOf(examples.subList(0, Math.min(EXAMPLES, examples.size())))));
        }
        packs += other.packs();
    }

    /** Rows read. */
    public long rows() {
        return counts.values().stream().mapToLong(count -> count.rows).sum();
    }

    /** Rows left out because they cannot be used, whatever the length limit. */
    public long invalid() {
        return counts.values().stream().mapToLong(count -> count.rejected).sum();
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
