package dev.finetune4j.cli;

import dev.finetune4j.finetune.environment.Environment;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints what the library found on this machine. */
@Command(name = "env", description = "Show versions, native libraries, processor features, compute dtype and memory.")
final class EnvCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        out.printf("%-14s %s%n", "finetune4j", VersionCommand.version());
        out.print(Environment.describe());
        out.flush();
        return 0;
    }
}
