package dev.finetune4j.cli;

import dev.finetune4j.cli.page.CheckPage;
import java.io.PrintWriter;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Looks at data sets before anything is trained on them. */
@Command(
        name = "check",
        description = {
            "Look at the data: columns, roles, the layout, rows that cannot be used and why,",
            "lengths, what cutoff_len loses, and one row as text, tokens and trained spans. Reads no weights.",
            "Exits with 1 where a set is described wrongly or has no row to learn from."
        })
final class CheckCommand extends RunCommand {
    private static final int FOUND_SOMETHING = 1;

    @Option(
            names = "--rows",
            paramLabel = "N",
            defaultValue = "10000",
            description = "Rows to look at in each set; default ${DEFAULT-VALUE}.")
    private int rows;

    @Option(
            names = "--color",
            paramLabel = "WHEN",
            defaultValue = "auto",
            description = "auto, always or never: whether trained spans are coloured or in brackets.")
    private String color = "auto";

    @Override
    int run(RunFile settings, PrintWriter out, PrintWriter err) {
        boolean colored = switch (color.toLowerCase(Locale.ROOT)) {
            case "always" -> true;
            case "never" -> false;
            default -> System.console() != null;
        };
        var report = settings.draft().build().check(rows);
        new CheckPage(out, colored).print(report);
        out.flush();
        return report.fine() ? 0 : FOUND_SOMETHING;
    }
}
