package dev.finetune4j.cli;

import dev.finetune4j.core.error.ConfigException;
import dev.finetune4j.core.error.FineTuneException;
import java.io.PrintWriter;
import picocli.CommandLine;

/** Says what went wrong in one message and chooses the exit code. A stack trace only appears where it was asked for. */
final class Failures implements CommandLine.IExecutionExceptionHandler {
    static final int FAILED = 1;
    static final int USAGE = 2;
    /** Only for whoever calls {@link Main#run}; a process that a signal ends has the signal's code, 128 + its number. */
    static final int INTERRUPTED = 130;

    private static final String DEBUG = "FINETUNE4J_DEBUG";

    @Override
    public int handleExecutionException(Exception failure, CommandLine line, CommandLine.ParseResult parsed) {
        PrintWriter err = line.getErr();
        err.println(message(failure));
        boolean debug = parsed.hasMatchedOption("--debug")
                || (parsed.hasSubcommand() && parsed.subcommand().hasMatchedOption("--debug"))
                || System.getenv(DEBUG) != null;
        if (debug) {
            failure.printStackTrace(err);
        } else if (!(failure instanceof FineTuneException)) {
            err.println("This is an error of finetune4j itself; " + DEBUG + "=1 or --debug shows where it arose.");
        }
        err.flush();
        return failure instanceof ConfigException ? USAGE : FAILED;
    }

    private static String message(Exception failure) {
        String text = failure.getMessage();
        if (failure instanceof FineTuneException && text != null) {
            return text;
        }
        return failure.getClass().getSimpleName() + (text == null ? "" : ": " + text);
    }

    /** A command line that cannot be read. */
    static int usage(CommandLine.ParameterException failure, String[] arguments) {
        CommandLine line = failure.getCommandLine();
        line.getErr().println(failure.getMessage());
        line.getErr().println("Usage: " + line.getCommandSpec().qualifiedName() + " --help");
        line.getErr().flush();
        return USAGE;
    }
}
