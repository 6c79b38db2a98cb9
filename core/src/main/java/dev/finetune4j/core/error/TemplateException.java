package dev.finetune4j.core.error;

import org.jspecify.annotations.Nullable;

/** An unknown chat template, or a conversation that it cannot render. */
public final class TemplateException extends FineTuneException {
    private static final long serialVersionUID = 1L;

    public TemplateException(String message) {
        super(message);
    }

    public TemplateException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
