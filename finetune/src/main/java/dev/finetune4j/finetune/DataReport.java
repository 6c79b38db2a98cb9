package dev.finetune4j.finetune;

import dev.finetune4j.core.config.FineTuneArguments;
import dev.finetune4j.data.check.DataCheck;
import dev.finetune4j.data.check.SetCheck;
import dev.finetune4j.data.sample.CutReport;
import dev.finetune4j.finetune.plan.Preparation;
import dev.finetune4j.finetune.plan.RunRequest;
import dev.finetune4j.finetune.rows.RunData;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the data of a run looks like, and what encoding makes of it.
 *
 * @param sets one for each data set that a file holds
 * @param tokens what the encoded rows come to; null where nothing can be encoded
 * @param first the first row as the model will see it; null where nothing can be encoded
 * @param fault why a run would stop here; empty where it would go on
 * @param fine whether every set is described rightly and has rows to learn from
 */
public record DataReport(
        List<SetReport> sets,
        @Nullable TokenReport tokens,
        @Nullable RowPreview first,
        String fault,
        boolean fine) {
    public DataReport {
        sets = List.copyOf(sets);
    }

    /**
     * One data set.
     *
     * @param name in the catalog
     * @param formatting of its description
     * @param rows looked at
     * @param usable rows of which the description makes conversations
     * @param columns rows in which each column has something
     * @param roles who speaks in the messages, with counts; empty where there are none
     * @param leftOut why rows are left out, a sentence each with the first row, the most frequent reason first
     * @param fault what is wrong with the set as a whole; empty where nothing is
     * @param proposal a description that makes conversations of more rows, as JSON for the catalog; null where the present
     *     one is right
     * @param proposalUsable rows of which the proposal makes conversations
     */
    public record SetReport(
            String name,
            String formatting,
            long rows,
            long usable,
            Map<String, Long> columns,
            Map<String, Long> roles,
            List<String> leftOut,
            String fault,
            @Nullable String proposal,
            long proposalUsable) {
        static SetReport of(SetCheck set) {
            return new SetReport(
                    set.name(),
                    set.formatting(),
                    set.rows(),
                    set.usable(),
                    set.columns(),
                    set.roles(),
                    sentences(set.reasons()),
                    set.fault(),
                    set.proposal(),
                    set.proposalUsable());
        }
    }

    /**
     * What the rows that were looked at come to.
     *
     * @param rows encoded
     * @param tokens of them
     * @param learned tokens that are learned
     * @param cut rows that {@code cutoff_len} shortens
     * @param lost tokens that it cuts off or leaves out
     * @param lengths rows by their length before they are cut
     * @param median length that half of the rows do not exceed
     * @param percentile95 length that 95 % of the rows do not exceed
     * @param leftOut why rows are left out, as in {@link SetReport}
     */
    public record TokenReport(
            long rows,
            long tokens,
            long learned,
            long cut,
            long lost,
            List<Bar> lengths,
            int median,
            int percentile95,
            List<String> leftOut) {
        /**
         * Rows whose lengths lie in one range.
         *
         * @param from shortest length
         * @param to longest length
         */
        public record Bar(int from, int to, long rows) {}

        static TokenReport of(CutReport report) {
            List<CutReport.Line> lines = report.lines();
            return new TokenReport(
                    lines.stream().mapToLong(CutReport.Line::kept).sum(),
                    lines.stream().mapToLong(CutReport.Line::tokens).sum(),
                    lines.stream().mapToLong(CutReport.Line::labelled).sum(),
                    lines.stream().mapToLong(CutReport.Line::cut).sum(),
                    lines.stream().mapToLong(CutReport.Line::lostTokens).sum(),
                    report.lengths().bars().stream()
                            .map(bar -> new Bar(bar.from(), bar.to(), bar.rows()))
                            .toList(),
                    report.lengths().percentile(0.5),
                    report.lengths().percentile(0.95),
                    sentences(report.reasons()));
        }
    }

    private static List<String> sentences(List<CutReport.Reason> reasons) {
        return reasons.stream()
                .map(reason -> reason.rows() + (reason.rows() == 1 ? " row: " : " rows: ") + reason.rule() + " (first: "
                        + reason.examples().get(0) + ")")
                .toList();
    }

    static DataReport of(RunRequest request, int most) {
        FineTuneArguments arguments = request.arguments();
        DataCheck check = RunData.check(arguments, request.memory(), Preparation.modelFolder(arguments), most);
        boolean encoded = !check.first().isEmpty();
        return new DataReport(
                check.sets().stream().map(SetReport::of).toList(),
                encoded ? TokenReport.of(check.report()) : null,
                encoded ? RowPreview.of(check.first().get(0)) : null,
                check.fault(),
                check.isFine());
    }
}
