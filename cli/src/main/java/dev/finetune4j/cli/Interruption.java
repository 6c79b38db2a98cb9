package dev.finetune4j.cli;

import dev.finetune4j.core.config.training.TrainingArguments;
import dev.finetune4j.finetune.FineTune;
import dev.finetune4j.finetune.Run;
import dev.finetune4j.finetune.RunResult;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What Ctrl-C and a polite kill do while a run is under way: it ends after its step, with a checkpoint, and the process
 * then exits with the signal's code. Files are complete or absent whenever the process ends, so an impatient kill loses
 * only the steps since the last checkpoint.
 */
final class Interruption implements AutoCloseable {
    private final FineTune request;
    private final Run run;
    private final PrintWriter err;
    private final Thread hook;
    private volatile boolean begun;

    /** Watches over a run that has just been started. */
    Interruption(FineTune request, Run run, PrintWriter err) {
        this.request = request;
        this.run = run;
        this.err = err;
        this.hook = new Thread(this::interrupted, "interruption");
        try {
            Runtime.getRuntime().addShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The signal came first. Nothing is written yet, and the process ends as soon as it likes.
            begun = true;
            run.stop();
        }
    }

    /** Waits for the run; empty if a signal ended it, and what there is to say has been said. */
    Optional<RunResult> await() {
        try {
            RunResult result = run.await();
            return begun ? Optional.empty() : Optional.of(result);
        } catch (RuntimeException e) {
            if (begun) {
                return Optional.empty();
            }
            throw e;
        } finally {
            if (begun) {
                join();
            }
        }
    }

    private void interrupted() {
        if (run.isDone()) {
            return;
        }
        begun = true;
        run.stop();
        if (!request.arguments().training().trains()) {
            // An evaluation has no steps to end after and writes nothing before its end.
            say("Stopped. An evaluation leaves nothing to go on from; the same command begins anew.");
            return;
        }
        say("Stopping after this step.");
        try {
            say(farewell(run.await()));
        } catch (RuntimeException e) {
            say(String.valueOf(e.getMessage()));
        }
    }

    private void say(String line) {
        err.println(line);
        err.flush();
    }

    /** How far the run came and how to go on. */
    private String farewell(RunResult result) {
        if (!result.isStopped()) {
            return "Finished: the signal came during the last step. Results are in " + result.outputDir() + ".";
        }
        if (result.steps() == 0) {
            return "Stopped before the first step. The same command begins anew.";
        }
        Path checkpoint = result.checkpoint();
        return "Stopped after step " + result.steps() + ". " + (checkpoint == null ? lost(result) : goOn(checkpoint));
    }

    private String goOn(Path checkpoint) {
        TrainingArguments training = request.arguments().training();
        boolean takesNewest = training.checkpoint().resumesNewest()
                || (training.checkpoint().resumeFromCheckpoint() == null
                        && !training.output().overwriteOutputDir());
        return takesNewest
                ? "The same command goes on from " + checkpoint + "."
                : "To go on, add resume_from_checkpoint=" + checkpoint + " to the command.";
    }

    private static String lost(RunResult result) {
        return "The model as it is now is in " + result.outputDir()
                + "; save_strategy or save_only_model left no checkpoint to go on from.";
    }

    /** Without an end where the process only waits for the hook. */
    private void join() {
        try {
            hook.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        if (!begun) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // The process is going down already, after a run that is over: the hook has nothing to do.
                begun = true;
            }
        }
    }
}
