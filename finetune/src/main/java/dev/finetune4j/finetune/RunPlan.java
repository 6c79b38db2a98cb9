package dev.finetune4j.finetune;

import dev.finetune4j.core.config.FineTuneArguments;
import dev.finetune4j.core.model.build.ModelShapes;
import dev.finetune4j.finetune.memory.MemoryEstimate;
import dev.finetune4j.finetune.plan.Preparation;
import dev.finetune4j.finetune.plan.RunRequest;
import dev.finetune4j.training.rows.StepPlan;
import java.util.Map;

/**
 * What a run would do, worked out without reading weights. Prints as a page for people.
 *
 * @param parameters parameters of the model
 * @param trainableParameters those that train, adapters included
 * @param steps updates of the whole run; 0 where it only evaluates
 * @param stepsPerEpoch updates of one pass over the rows; 0 likewise
 * @param memory forecast of resident memory by phase
 * @param decisions what the run decides once and keeps to: kernels, dtypes, chunk and split sizes
 * @param text the page
 */
public record RunPlan(
        long parameters,
        long trainableParameters,
        int steps,
        int stepsPerEpoch,
        MemoryEstimate memory,
        Map<String, String> decisions,
        String text) {
    public RunPlan {
        decisions = Map.copyOf(decisions);
    }

    /**
     * The plan for these arguments.
     *
     * @throws dev.finetune4j.core.error.FineTuneException if model folder, data or output folder do not allow the run
     */
    public static RunPlan of(FineTuneArguments arguments) {
        try (Preparation run = Preparation.of(RunRequest.of(arguments))) {
            return of(run);
        }
    }

    static RunPlan of(Preparation run) {
        StepPlan steps = run.steps();
        return new RunPlan(
                ModelShapes.parameters(run.config()),
                run.trainableParameters(),
                steps == null ? 0 : steps.totalSteps(),
                steps == null ? 0 : steps.updatesPerEpoch(),
                run.memory(),
                run.decisions().stored(),
                run.text());
    }

    @Override
    public String toString() {
        return text;
    }
}
