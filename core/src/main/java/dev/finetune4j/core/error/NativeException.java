package dev.finetune4j.core.error;

import org.jspecify.annotations.Nullable;

/** Any libtorch failure without a kind of its own; the message is the first line, the cause has the rest. */
public final class NativeException extends FineTuneException {
    private static final long serialVersionUID = 1L;

    public NativeException(String message) {
        super(message);
    }

    public NativeException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
