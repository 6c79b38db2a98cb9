package dev.finetune4j.core.config.bind;

/** A value that does not fit its key; becomes a problem before it leaves the package. */
final class ValueException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String text;
    private final String suggestion;
    private final boolean later;

    /**
     * @param text rest of a sentence that begins with the key and where it was given
     * @param suggestion the nearest allowed value, or an empty text
     */
    ValueException(String text, String suggestion) {
        this(text, suggestion, false);
    }

    private ValueException(String text, String suggestion, boolean later) {
        super(text, null, false, false);
        this.text = text;
        this.suggestion = suggestion;
        this.later = later;
    }

    /** A value that LLaMA-Factory knows and this version does not have. */
    static ValueException later(String value, String available) {
        return new ValueException("found " + value + ". This version has " + available, "", true);
    }

    String text() {
        return text;
    }

    String suggestion() {
        return suggestion;
    }

    boolean isLater() {
        return later;
    }
}
