package dev.finetune4j.core.hub.cache;

import dev.finetune4j.core.error.HubException;
import java.util.List;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A few transfers at a time; the first that fails ends the others. */
final class SideBySide {
    private SideBySide() {}

    /** Runs all, on the caller's thread if there is only one. Returns or throws when none runs any more. */
    static void run(int workers, List<Runnable> transfers) {
        if (transfers.size() == 1) {
            transfers.get(0).run();
            return;
        }
        ExecutorService threads =
                Executors.newFixedThreadPool(Math.min(workers, Math.max(1, transfers.size())), task -> {
                    Thread thread = new Thread(task, "hub-transfer");
                    thread.setDaemon(true);
                    return thread;
                });
        try {
            CompletionService<Void> ended = new ExecutorCompletionService<>(threads);
            transfers.forEach(transfer -> ended.submit(transfer, null));
            for (int i = 0; i < transfers.size(); i++) {
                ended.take().get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HubException(
                    HubException.Kind.INTERRUPTED, "", "The thread was interrupted while files were fetched.", e);
        } catch (ExecutionException e) {
            throw rethrown(e);
        } finally {
            threads.shutdownNow();
            awaitEnd(threads);
        }
    }

    private static RuntimeException rethrown(ExecutionException ended) {
        if (ended.getCause() instanceof Error error) {
            throw error;
        }
        return ended.getCause() instanceof RuntimeException known ? known : new IllegalStateException(ended);
    }

    /** Waits for the interrupted transfers, so that none writes when the caller has its exception. */
    private static void awaitEnd(ExecutorService threads) {
        try {
            threads.awaitTermination(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
