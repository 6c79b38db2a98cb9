package dev.finetune4j.cli;

import dev.finetune4j.finetune.FineTune;
import dev.finetune4j.finetune.FineTuneBuilder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What commands about a run take: a settings file, and settings that win over it. */
final class RunFile {
    @Parameters(
            arity = "1..*",
            paramLabel = "FILE [key=value ...]",
            description = {
                "Settings file, YAML or JSON, and settings that win over it, such as learning_rate=1e-4.",
                "Relative paths in it are relative to the current folder."
            })
    private List<String> arguments = new ArrayList<>();

    @Option(names = "--debug", description = "Show where an error arose.")
    private boolean debug;

    @Option(
            names = {"-h", "--help"},
            arity = "0..1",
            fallbackValue = "",
            paramLabel = "KEY",
            help = true,
            description = "Show this command and every setting, or one setting.")
    private @Nullable String help;

    @Nullable
    String help() {
        return help;
    }

    /** A draft with the file's settings and those of the command line; the file may be missing if settings are given. */
    FineTuneBuilder draft() {
        FineTuneBuilder builder = FineTune.builder();
        String first = arguments.get(0);
        boolean settingsOnly = first.contains("=") && !Path.of(first).toFile().exists();
        if (!settingsOnly) {
            builder.yaml(Path.of(first));
        }
        return builder.overrides(arguments.subList(settingsOnly ? 0 : 1, arguments.size()));
    }
}
