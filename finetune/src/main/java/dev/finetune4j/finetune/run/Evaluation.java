package dev.finetune4j.finetune.run;

import dev.finetune4j.core.config.FineTuneArguments;
import dev.finetune4j.finetune.plan.Preparation;
import dev.finetune4j.training.Evaluator;
import dev.finetune4j.training.TeacherForcedEvaluator;
import dev.finetune4j.training.walk.BatchWalk;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/** The evaluation sets of a run. */
final class Evaluation {
    private final List<Evaluator> evaluators = new ArrayList<>();

    Evaluation(Preparation run, BatchWalk walk, LongSupplier nanos) {
        FineTuneArguments arguments = run.arguments();
        TeacherForcedEvaluator.Options options = new TeacherForcedEvaluator.Options(
                arguments.training().batch().perDeviceEvalBatchSize(),
                arguments.finetuning().computeAccuracy(),
                arguments.finetuning().computeExactMatch(),
                TrainerSettings.splitter(run));
        run.data()
                .evaluation()
                .forEach((prefix, rows) -> evaluators.add(
                        new TeacherForcedEvaluator(prefix, walk, new EncodedSource(rows, run), options, nanos)));
    }

    List<Evaluator> evaluators() {
        return List.copyOf(evaluators);
    }

    /** Figures of all sets. */
    Map<String, Number> evaluate() {
        Map<String, Number> all = new LinkedHashMap<>();
        evaluators.forEach(evaluator -> all.putAll(evaluator.evaluate()));
        return all;
    }
}
