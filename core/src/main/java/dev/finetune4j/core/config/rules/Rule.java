package dev.finetune4j.core.config.rules;

import dev.finetune4j.core.config.FineTuneArguments;

/** One family of demands that tie several settings together. */
public interface Rule {
    /** Reports every demand that {@code arguments} break. */
    void check(FineTuneArguments arguments, Findings findings);
}
