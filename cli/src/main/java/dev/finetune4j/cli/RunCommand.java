package dev.finetune4j.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command about one run. */
abstract class RunCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private RunFile file;

    @Override
    public final Integer call() {
        CommandLine line = spec.commandLine();
        String help = file.help();
        if (help == null) {
            return run(file, line.getOut(), line.getErr());
        }
        if (!help.isEmpty()) {
            return SettingsHelp.one(help, line.getOut(), line.getErr());
        }
        line.usage(line.getOut());
        SettingsHelp.all(line.getOut());
        return 0;
    }

    /** Does the work and returns the exit code. */
    abstract int run(RunFile settings, PrintWriter out, PrintWriter err);
}
