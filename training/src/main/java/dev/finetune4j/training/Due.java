package dev.finetune4j.training;

/** Says what happens after which step, with the rules of the Hugging Face trainer. */
final class Due {
    // What the trainer's state file holds for an interval that is not in use.
    private static final int UNUSED = 500;

    private final TrainerOptions options;
    private final int totalSteps;

    Due(TrainerOptions options, int totalSteps) {
        this.options = options;
        this.totalSteps = totalSteps;
    }

    int loggingSteps() {
        return resolve(options.logging().steps());
    }

    int evaluationSteps() {
        Double steps = options.evaluation().steps();
        if (steps == null) {
            return options.evaluation().strategy() == TrainerOptions.Interval.STEPS ? loggingSteps() : UNUSED;
        }
        return resolve(steps);
    }

    int savingSteps() {
        return resolve(options.saving().steps());
    }

    private int resolve(double steps) {
        return steps < 1 ? (int) Math.ceil(totalSteps * steps) : (int) steps;
    }

    boolean log(int step) {
        return (step == 1 && options.logging().firstStep())
                || (options.logging().strategy() == TrainerOptions.Interval.STEPS && every(step, loggingSteps()));
    }

    boolean evaluate(int step) {
        return options.evaluation().strategy() == TrainerOptions.Interval.STEPS
                && (every(step, evaluationSteps()) || step >= totalSteps)
                && options.evaluation().delay() <= step;
    }

    boolean save(int step) {
        return options.saving().strategy() == TrainerOptions.Interval.STEPS
                && (every(step, savingSteps()) || step >= totalSteps);
    }

    boolean logAtEpochEnd() {
        return options.logging().strategy() == TrainerOptions.Interval.EPOCH;
    }

    boolean evaluateAtEpochEnd(double epoch) {
        return options.evaluation().strategy() == TrainerOptions.Interval.EPOCH
                && options.evaluation().delay() <= epoch;
    }

    boolean saveAtEpochEnd() {
        return options.saving().strategy() == TrainerOptions.Interval.EPOCH;
    }

    private static boolean every(int step, int interval) {
        return interval > 0 && step % interval == 0;
    }
}
