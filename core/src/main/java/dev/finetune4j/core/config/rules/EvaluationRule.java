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
        boolean rows =
                !arguments.data().evalDataset().isEmpty() || arguments.data().valSize() > 0;
        boolean scheduled = training.evaluation().evalStrategy() != IntervalStrategy.NO;
        findings.report(scheduled && !rows, NEEDS_ROWS, "eval_strategy");
        findings.report(training.doEval() && !rows && !scheduled, NEEDS_ROWS, "do_eval");
        findings.report(training.evaluation().evalOnStart() && !rows && !scheduled, NEEDS_ROWS, "eval_on_start");
        findings.report(
                !training.trains() && !training.evaluates(),
                "%s switches training off and nothing else is asked for. Set do_eval, or leave it out.",
                "do_train");
        if (training.evaluation().loadBestModelAtEnd()) {
            best(training.evaluation(), training.checkpoint(), findings);
            distances(training, findings);
        }
        earlyStopping(arguments, findings);
    }

    private static void best(EvaluationArguments evaluation, CheckpointArguments checkpoint, Findings findings) {
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

    /** Every evaluation that may be the best must have a checkpoint: a save falls on evaluations only. */
    private static void distances(TrainingArguments training, Findings findings) {
        boolean steps = training.evaluation().evalStrategy() == IntervalStrategy.STEPS
                && training.checkpoint().saveStrategy() == IntervalStrategy.STEPS;
        Double own = training.evaluation().evalSteps();
        double evaluate = own == null ? training.logging().loggingSteps() : own;
        double save = training.checkpoint().saveSteps();
        boolean mixed = (evaluate < 1) != (save < 1);
        boolean multiple = Math.abs(save / evaluate - Math.rint(save / evaluate)) < 1e-9 && save >= evaluate;
        findings.report(
                steps && (mixed || !multiple),
                "%s saves between evaluations, so the best model could not be kept for %s. Make it a multiple of %s.",
                "save_steps",
                "load_best_model_at_end",
                own == null ? "logging_steps" : "eval_steps");
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
