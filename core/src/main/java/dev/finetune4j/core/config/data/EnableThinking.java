package dev.finetune4j.core.config.data;

import org.jspecify.annotations.Nullable;

/** What a template for reasoning models does about thoughts. */
public enum EnableThinking {
    TRUE,
    FALSE,
    AUTO;

    /** True, false, or null for {@link #AUTO}. */
    public @Nullable Boolean wish() {
        return this == AUTO ? null : Boolean.valueOf(this == TRUE);
    }
}
