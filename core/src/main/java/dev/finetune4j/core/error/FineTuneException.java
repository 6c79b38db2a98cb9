package dev.finetune4j.core.error;

import org.jspecify.annotations.Nullable;

/** Root of all exceptions that this library throws on purpose. */
public class FineTuneException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public FineTuneException(String message) {
        super(message);
    }

    public FineTuneException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
