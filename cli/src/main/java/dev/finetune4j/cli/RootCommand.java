package dev.finetune4j.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The program itself: lists its commands, or explains settings. */
@Command(
        name = "finetune4j",
        description = "Fine-tunes large language models. Settings are those of LLaMA-Factory.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            TrainCommand.class,
            PlanCommand.class,
            PreviewCommand.class,
            CheckCommand.class,
            EnvCommand.class,
            VersionCommand.class
        })
final class RootCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            arity = "0..1",
            fallbackValue = "",
            paramLabel = "KEY",
            description = "Show the commands and every setting, or one setting.")
    private @Nullable String help;

    @Option(names = "--debug", description = "Show where an error arose.")
    private boolean debug;

    @Option(
            names = {"-V", "--version"},
            description = "Show the version.")
    private boolean version;

    @Override
    public Integer call() {
        CommandLine line = spec.commandLine();
        if (version) {
            return new VersionCommand().print(line.getOut());
        }
        if (help != null && !help.isEmpty()) {
            return SettingsHelp.one(help, line.getOut(), line.getErr());
        }
        line.usage(help == null ? line.getErr() : line.getOut());
        if (help == null) {
            return Failures.USAGE;
        }
        SettingsHelp.all(line.getOut());
        return 0;
    }
}
