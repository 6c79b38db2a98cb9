package dev.finetune4j.cli;

import dev.finetune4j.cli.page.Summary;
import dev.finetune4j.finetune.FineTune;
import dev.finetune4j.finetune.FineTuneBuilder;
import dev.finetune4j.finetune.Run;
import dev.finetune4j.finetune.RunResult;
import java.io.PrintWriter;
import java.util.Optional;
import picocli.CommandLine.Command;

/** Runs. */
@Command(name = "train", description = "Train, evaluate, or both, as the settings say.")
final class TrainCommand extends RunCommand {
    @Override
    int run(RunFile settings, PrintWriter out, PrintWriter err) {
        FineTuneBuilder draft = settings.draft();
        // Bound once before anything is shown, so that a broken file leaves nothing but its message.
        Boolean hidden = draft.build().arguments().training().logging().disableTqdm();
        ProgressLine progress = new ProgressLine();
        if (Terminal.shows() && !Boolean.TRUE.equals(hidden)) {
            draft.listener(progress);
        }
        FineTune request = draft.build();
        Optional<RunResult> result;
        Run run = request.start();
        try (progress;
                Interruption interruption = new Interruption(request, run, err)) {
            result = interruption.await();
        }
        result.ifPresent(new Summary(out)::print);
        return result.isPresent() ? 0 : Failures.INTERRUPTED;
    }
}
