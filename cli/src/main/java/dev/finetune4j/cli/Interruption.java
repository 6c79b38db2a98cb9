package dev.finetune4j.cli;

import dev.finetune4j.core.error.FineTuneException;
import dev.finetune4j.finetune.Run;
import java.io.PrintWriter;

/**
 * What Ctrl-C and a polite kill do while a run is under way: it ends after its step, with a checkpoint, and the process
 * then exits with the signal's code. Files are complete or absent whenever the process ends, so an impatient kill loses
 * only the steps since the last checkpoint.
 */
final class Interruption implements AutoCloseable {
    private final Run run;
    private final PrintWriter err;
    private final Thread hook;
    private volatile boolean over;

    Interruption(Run run, PrintWriter err) {
        this.run = run;
        this.err = err;
        this.hook = new Thread(this::interrupted, "interruption");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private void interrupted() {
        if (over || run.isDone()) {
            return;
        }
        err.println("Stopping after this step.");
        err.flush();
        run.stop();
        try {
            int step = run.await().steps();
            err.println("Stopped after step " + step + ". The same command goes on from the newest checkpoint.");
        } catch (FineTuneException e) {
            err.println(e.getMessage());
        }
        err.flush();
    }

    /** The run has ended by itself. */
    void over() {
        over = true;
    }

    @Override
    public void close() {
        over = true;
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is going down already; the hook prints what there is to say.
            over = true;
        }
    }
}
