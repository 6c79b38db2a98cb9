package dev.finetune4j.core.error;

import org.jspecify.annotations.Nullable;

/** A recognised wish that this build cannot grant; names the alternative. */
public final class UnsupportedException extends FineTuneException {
    private static final long serialVersionUID = 1L;

    public UnsupportedException(String message) {
        super(message);
    }

    public UnsupportedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
