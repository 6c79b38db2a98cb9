package dev.finetune4j.cli;

import java.io.PrintWriter;
import picocli.CommandLine.Command;

/** Prints what a run would do. */
@Command(name = "plan", description = "Say what a run would do, how long and in how much memory. Reads no weights.")
final class PlanCommand extends RunCommand {
    @Override
    int run(RunFile settings, PrintWriter out, PrintWriter err) {
        out.print(settings.draft().build().plan());
        out.flush();
        return 0;
    }
}
