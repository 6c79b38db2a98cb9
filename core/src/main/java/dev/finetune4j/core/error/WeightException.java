package dev.finetune4j.core.error;

import org.jspecify.annotations.Nullable;

/** A missing, extra or misshapen tensor, or a weight file that cannot be read; names tensor and file. */
public final class WeightException extends FineTuneException {
    private static final long serialVersionUID = 1L;

    public WeightException(String message) {
        super(message);
    }

    public WeightException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
