package dev.finetune4j.data.jinja.value;

/** What stops a rendering. The template's door turns it into an exception for the user, with the line. */
public final class Fault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean refusal;

    /** @param message what happened, without the line */
    public Fault(String message) {
        this(message, false);
    }

    private Fault(String message, boolean refusal) {
        super(message, null, false, false);
        this.refusal = refusal;
    }

    /** The template's own word that it does not take what it was given. */
    public static Fault refusal(String message) {
        return new Fault(message, true);
    }

    public boolean isRefusal() {
        return refusal;
    }

    /** An operation that Python does not know for these types. */
    public static Fault type(String message) {
        return new Fault(message);
    }
}
