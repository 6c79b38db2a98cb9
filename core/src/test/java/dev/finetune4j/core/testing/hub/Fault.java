package dev.finetune4j.core.testing.hub;

/**
 * A failure that the test server shows a number of times.
 *
 * @param path part of the addresses that fail
 * @param number the status, or after how many bytes the failure comes
 * @param times how often
 */
public record Fault(Kind kind, String path, int number, int times) {
    /** How a request fails. */
    public enum Kind {
        /** Answers with a status and no body. */
        STATUS,
        /** Closes the connection after some bytes. */
        CUT,
        /** Sends some bytes and then nothing more until the server is closed. */
        SILENCE,
        /** Sends the body only when so many requests for its head have come in. */
        HOLD,
        /** Sends the body with one byte changed. */
        DAMAGE
    }

    public static Fault status(String path, int status, int times) {
        return new Fault(Kind.STATUS, path, status, times);
    }

    public static Fault cut(String path, int bytes, int times) {
        return new Fault(Kind.CUT, path, bytes, times);
    }

    public static Fault silence(String path, int bytes, int times) {
        return new Fault(Kind.SILENCE, path, bytes, times);
    }

    /** Holds the body back until {@code heads} requests for heads have come, so that those who ask meet. */
    public static Fault hold(String path, int heads) {
        return new Fault(Kind.HOLD, path, heads, 1);
    }

    public static Fault damage(String path, int times) {
        return new Fault(Kind.DAMAGE, path, 0, times);
    }

    Fault once() {
        return new Fault(kind, path, number, times - 1);
    }
}
