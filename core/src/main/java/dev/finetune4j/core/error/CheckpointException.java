package dev.finetune4j.core.error;

import org.jspecify.annotations.Nullable;

/** An incomplete or incompatible checkpoint; names the folder and what differs. */
public final class CheckpointException extends FineTuneException {
    private static final long serialVersionUID = 1L;

    public CheckpointException(String message) {
        super(message);
    }

    public CheckpointException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
