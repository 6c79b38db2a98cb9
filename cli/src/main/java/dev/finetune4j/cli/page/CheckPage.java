package dev.finetune4j.cli.page;

import dev.finetune4j.finetune.DataReport;
import dev.finetune4j.finetune.DataReport.SetReport;
import dev.finetune4j.finetune.DataReport.TokenReport;
import dev.finetune4j.finetune.RowPreview;
import java.io.PrintWriter;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The answer of {@code check} for people. */
public final class CheckPage {
    private static final int BAR = 40;
    private static final String GREEN = "\u001b[32m";
    private static final String PLAIN = "\u001b[0m";

    private final PrintWriter out;
    private final String open;
    private final String close;
    private final Set<String> shown = new HashSet<>();

    /** @param colored whether trained spans are green; otherwise they stand in brackets */
    public CheckPage(PrintWriter out, boolean colored) {
        this.out = out;
        this.open = colored ? GREEN : "[";
        this.close = colored ? PLAIN : "]";
    }

    public void print(DataReport report) {
        report.sets().forEach(this::set);
        if (report.tokens() != null) {
            tokens(report.tokens());
        }
        if (report.first() != null) {
            row(report.first());
        }
        if (!report.fault().isEmpty()) {
            line("A run would stop here: %s", report.fault());
        }
        line("%s", report.fine() ? "The data is fine." : "The data needs attention: see above.");
    }

    private void set(SetReport set) {
        String layout = set.formatting().isEmpty() ? "" : " (" + set.formatting() + ")";
        line("data set \"%s\"%s: %,d rows looked at, %,d usable", set.name(), layout, set.rows(), set.usable());
        if (!set.columns().isEmpty()) {
            line("  columns: %s", counts(set.columns()));
        }
        if (!set.roles().isEmpty()) {
            line("  roles: %s", counts(set.roles()));
        }
        set.leftOut().forEach(reason -> line("  left out: %s", reason));
        shown.addAll(set.leftOut());
        if (!set.fault().isEmpty()) {
            line("  %s", set.fault());
        }
        if (set.proposal() != null) {
            line("  this description would make conversations of %,d rows:", set.proposalUsable());
            set.proposal().lines().forEach(json -> line("    %s", json));
        }
    }

    private static String counts(Map<String, Long> counts) {
        return counts.entrySet().stream()
                .map(entry -> String.format(Locale.ROOT, "%s %,d", entry.getKey(), entry.getValue()))
                .collect(Collectors.joining(", "));
    }

    private void tokens(TokenReport tokens) {
        line(
                "encoded: %,d rows, %,d tokens an epoch, %,d learned; half of the rows up to %,d tokens, 95 %% up to %,d",
                tokens.rows(), tokens.tokens(), tokens.learned(), tokens.median(), tokens.percentile95());
        long most =
                tokens.lengths().stream().mapToLong(TokenReport.Bar::rows).max().orElse(1);
        for (TokenReport.Bar bar : tokens.lengths()) {
            String stars = "#".repeat((int) ((bar.rows() * BAR + most - 1) / Math.max(1, most)));
            line("  %,8d to %,8d tokens %,9d %s", bar.from(), bar.to(), bar.rows(), stars);
        }
        line("  cutoff_len cuts %,d rows; %,d tokens are lost", tokens.cut(), tokens.lost());
        tokens.leftOut().stream()
                .filter(reason -> !shown.contains(reason))
                .forEach(reason -> line("  left out: %s", reason));
    }

    private void row(RowPreview row) {
        int trained = row.trained().stream().mapToInt(s -> s.to() - s.from()).sum();
        line("first row (%s): %,d tokens, %,d of them trained", row.where(), row.ids().length, trained);
        out.println(row.text());
        line("trained spans as text:");
        row.trained()
                .forEach(span ->
                        line("  tokens %d to %d: %s%s%s", span.from(), span.to() - 1, open, span.text(), close));
        line("tokens:");
        out.println(spans(row));
    }

    /** Tokens as the vocabulary writes them; trained ones marked. */
    private String spans(RowPreview row) {
        StringBuilder text = new StringBuilder();
        List<String> tokens = row.tokens();
        boolean inside = false;
        for (int i = 0; i < tokens.size(); i++) {
            int place = i;
            boolean trained = row.trained().stream().anyMatch(span -> span.from() <= place && place < span.to());
            if (trained != inside) {
                text.append(trained ? open : close);
                inside = trained;
            }
            text.append(tokens.get(i)).append(' ');
        }
        return text.append(inside ? close : "").toString();
    }

    private void line(String format, Object... values) {
        out.println(String.format(Locale.ROOT, format, values));
    }
}
