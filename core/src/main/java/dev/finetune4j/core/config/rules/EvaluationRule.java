package dev.finetune4j.core.config.rules;

import dev.finetune4j.core.config.FineTuneArguments;
import dev.finetune4j.core.config.training.CheckpointArguments;
import dev.finetune4j.core.config.training.EvaluationArguments;
import dev.finetune4j.core.config.training.IntervalStrategy;
import dev.finetune4j.core.config.training.TrainingArguments;

/** What evaluation, the choice of the best model, and early stopping need. */
final class EvaluationRule implements Rule {
    private static final String NEEDS_ROWS = "%s needs rows to evaluate. Give eval_dataset or val_size.";

    @Override
    public void check(FineTuneArguments arguments, Findings findings) {
        TrainingArguments training = arguments.training();
        boolean rows = !arguments.data().evalDataset().isEmpty() || arguments.data().valSize() > 0;
        boolean scheduled = training.evaluation().evalStrategy() != IntervalStrategy.NO;
        findings.report(scheduled && !rows, NEEDS_ROWS, "eval_strategy");
        findings.report(training.doEval() && !rows && !scheduled, NEEDS_ROWS, "do_eval");
        findings.report(training.evaluation().evalOnStart() && !rows && !scheduled, NEEDS_ROWS, "eval_on_start");
        findings.report(
                !training.trains() && !training.evaluates(),
                "%s switches training off and nothing else is asked for. Set do_eval, or leave it out.",
                "do_train");
        best(training.evaluation(), training.checkpoint(), findings);
        earlyStopping(arguments, findings);
    }

    private static void best(EvaluationArguments evaluation, CheckpointArguments checkpoint, Findings findings) {
        if (!evaluation.loadBestModelAtEnd()) {
            return;
        }
        findings.report(
                evaluation.evalStrategy() == IntervalStrategy.NO,
                "%s compares evaluations, but %s asks for none. Set eval_strategy as save_strategy.",
                "load_best_model_at_end",
                "eval_strategy");
        findings.report(
                evaluation.evalStrategy() != IntervalStrategy.NO
                        && evaluation.evalStrategy() != checkpoint.saveStrategy(),
                "%s needs a checkpoint for every evaluation that may be the best, but %s and %s differ. Set both to steps"
                        + " or both to epoch.",
                "load_best_model_at_end",
                "save_strategy",
                "eval_strategy");
    }

    private static void earlyStopping(FineTuneArguments arguments, Findings findings) {
        EvaluationArguments evaluation = arguments.training().evaluation();
        boolean stops = arguments.finetuning().earlyStoppingSteps() != null;
        findings.report(
                stops && evaluation.evalStrategy() == IntervalStrategy.NO,
                "%s counts evaluations, but %s asks for none. Set it to steps or epoch.",
                "early_stopping_steps",
                "eval_strategy");
        findings.report(
                stops && evaluation.metricForBestModel() == null && !evaluation.loadBestModelAtEnd(),
                "%s waits for a better %s, which is missing. Set it, for example to loss.",
                "early_stopping_steps",
                "metric_for_best_model");
    }
}
