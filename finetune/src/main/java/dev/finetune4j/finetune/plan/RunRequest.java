package dev.finetune4j.finetune.plan;

import dev.finetune4j.core.config.FineTuneArguments;
import dev.finetune4j.core.config.Honoured;
import dev.finetune4j.finetune.rows.MemorySets;
import java.util.List;

/**
 * What a run was asked for.
 *
 * @param arguments checked settings
 * @param notes settings that something else honours, or that have no effect
 * @param memory data sets from memory
 */
public record RunRequest(FineTuneArguments arguments, List<Honoured> notes, MemorySets memory) {
    public RunRequest {
        notes = List.copyOf(notes);
    }

    /** A request of settings alone. */
    public static RunRequest of(FineTuneArguments arguments) {
        return new RunRequest(arguments, List.of(), MemorySets.NONE);
    }
}
