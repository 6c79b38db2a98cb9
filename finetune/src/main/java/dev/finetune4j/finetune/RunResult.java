package dev.finetune4j.finetune;

import dev.finetune4j.finetune.run.Outcome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a run left: files and figures, never tensors.
 *
 * @param outputDir folder of everything it wrote
 * @param isAdapter whether the folder holds an adapter beside a frozen model; else it holds the model itself
 * @param steps updates done, those before a resume included
 * @param isStopped whether it ended on request before its last step
 * @param checkpoint folder that a stopped run can go on from; null if it finished or wrote none
 * @param metrics final figures by name, as in {@code all_results.json}
 * @param history every log entry
 */
public record RunResult(
        Path outputDir,
        boolean isAdapter,
        int steps,
        boolean isStopped,
        @Nullable Path checkpoint,
        Map<String, Number> metrics,
        List<Map<String, Number>> history) {
    public RunResult {
        metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
        history = List.copyOf(history);
    }

    static RunResult of(Outcome outcome) {
        return new RunResult(
                outcome.output(),
                outcome.adapter(),
                outcome.steps(),
                outcome.stopped(),
                outcome.checkpoint(),
                outcome.metrics(),
                outcome.history());
    }

    /** A logged loss. */
    public record LossPoint(int step, double loss) {}

    /** Training losses as logged: each the mean since the entry before it. */
    public List<LossPoint> losses() {
        return series("loss");
    }

    /** Any logged figure over the steps, such as {@code eval_loss}. */
    public List<LossPoint> series(String name) {
        List<LossPoint> points = new ArrayList<>();
        for (Map<String, Number> entry : history) {
            Number value = entry.get(name);
            Number step = entry.get("step");
            if (value != null && step != null) {
                points.add(new LossPoint(step.intValue(), value.doubleValue()));
            }
        }
        return points;
    }
}
