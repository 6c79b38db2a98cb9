package dev.finetune4j.core.hub.http;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Attempts with growing pauses between them: half a second, one, two, four, eight and no longer, or as long as the hub asks
 * for (a minute at most).
 */
public final class Retries {
    private static final Logger log = LoggerFactory.getLogger(Retries.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(8);
    private static final Duration LONGEST_ASKED = Duration.ofSeconds(60);

    private final int attempts;
    private final Pause pause;

    /** How a thread waits; tests note the durations and do not wait. */
    @FunctionalInterface
    public interface Pause {
        void wait(Duration duration) throws InterruptedException;
    }

    /** Something that may fail for a reason that passes. */
    @FunctionalInterface
    public interface Attempt<T> {
        /** @throws IOException if another attempt may help; everything else ends the attempts */
        T make() throws IOException;
    }

    /** An answer that a later attempt may turn into a better one: too many requests, or an error of the server. */
    public static final class PassingStatus extends IOException {
        private static final long serialVersionUID = 1L;

        private final long secondsAsked;

        /** @param secondsAsked the answer's {@code Retry-After}, or −1 */
        public PassingStatus(String message, long secondsAsked) {
            super(message);
            this.secondsAsked = secondsAsked;
        }
    }

    public Retries(int attempts, Pause pause) {
        this.attempts = attempts;
        this.pause = pause;
    }

    /** As many attempts as one. */
    public Retries once() {
        return new Retries(1, pause);
    }

    /** Whether an answer of that status may be another one a little later. */
    public static boolean passes(int status) {
        return status == 408 || status == 429 || status >= 500;
    }

    /**
     * The first attempt that succeeds.
     *
     * @throws IOException the last attempt's failure
     */
    public <T> T run(String what, Attempt<T> attempt) throws IOException {
        for (int made = 1; ; made++) {
            try {
                return attempt.make();
            } catch (InterruptedIOException e) {
                if (Thread.currentThread().isInterrupted() || made >= attempts) {
                    throw e;
                }
                rest(what, made, e);
            } catch (IOException e) {
                if (made >= attempts) {
                    throw e;
                }
                rest(what, made, e);
            }
        }
    }

    /** How many failures in a row are too many. */
    int limit() {
        return attempts;
    }

    /** Waits after the {@code made}-th failure. */
    void rest(String what, int made, IOException failure) throws IOException {
        Duration duration = duration(made, failure);
        log.warn(
                "{}: {}. Attempt {} of {} follows in {} ms.",
                what,
                Failures.reason(failure),
                made + 1,
                attempts,
                duration.toMillis());
        try {
            pause.wait(duration);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted between two attempts");
        }
    }

    private static Duration duration(int made, IOException failure) {
        if (failure instanceof PassingStatus passing && passing.secondsAsked >= 0) {
            Duration asked = Duration.ofSeconds(passing.secondsAsked);
            return asked.compareTo(LONGEST_ASKED) > 0 ? LONGEST_ASKED : asked;
        }
        Duration grown = FIRST_PAUSE.multipliedBy(1L << Math.min(made - 1, 10));
        return grown.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : grown;
    }
}
