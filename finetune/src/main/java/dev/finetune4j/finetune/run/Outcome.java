package dev.finetune4j.finetune.run;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a run left.
 *
 * @param output its folder
 * @param adapter whether the folder holds an adapter; else a whole model, or no model where the run only evaluated
 * @param metrics final figures of all phases, as in {@code all_results.json}
 * @param history every log entry
 * @param steps updates done, earlier sessions included
 * @param stopped whether it ended on request before its last step
 * @param checkpoint folder that a stopped run can go on from; null if it finished or wrote none
 */
public record Outcome(
        Path output,
        boolean adapter,
        Map<String, Number> metrics,
        List<Map<String, Number>> history,
        int steps,
        boolean stopped,
        @Nullable Path checkpoint) {
    public Outcome {
        metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
        history = List.copyOf(history);
    }
}
