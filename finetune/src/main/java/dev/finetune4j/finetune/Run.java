package dev.finetune4j.finetune;

import dev.finetune4j.finetune.run.Outcome;
import dev.finetune4j.finetune.run.Pipeline;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** A run under way on a thread of its own. Thread-safe. */
public final class Run {
    private final Pipeline pipeline;
    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();

    private Run(Pipeline pipeline) {
        this.pipeline = pipeline;
    }

    static Run start(Pipeline pipeline) {
        Run run = new Run(pipeline);
        Thread thread = new Thread(run::execute, "fine-tuning");
        // The process ends when the application does; what must survive that is in checkpoints.
        thread.setDaemon(true);
        thread.start();
        return run;
    }

    private void execute() {
        try {
            outcome.complete(pipeline.execute());
        } catch (Throwable failure) {
            outcome.completeExceptionally(failure);
        }
    }

    /**
     * Asks the run to end after the step under way. It writes a checkpoint where the run writes any, so that the same request
     * goes on from there, and the model as it is then.
     */
    public void stop() {
        pipeline.stop();
    }

    /** Whether the run is over, well or not. */
    public boolean isDone() {
        return outcome.isDone();
    }

    /**
     * Waits for the end.
     *
     * @throws dev.finetune4j.core.error.FineTuneException if the run failed
     */
    public RunResult await() {
        try {
            return RunResult.of(outcome.join());
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error failure) {
                throw failure;
            }
            throw e;
        }
    }
}
