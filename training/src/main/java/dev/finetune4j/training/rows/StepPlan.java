package dev.finetune4j.training.rows;

/**
 * How many updates a run makes of its rows, counted as the Hugging Face trainer does: the last micro-batch of an epoch may
 * be smaller, and the last group of micro-batches of an epoch is an update of its own.
 *
 * @param rows rows of the data set; ≥ 1
 * @param batchSize rows of a micro-batch
 * @param accumulation micro-batches of an update
 * @param epochs passes over the rows, may be fractional; not read if {@code maxSteps} is above 0
 * @param maxSteps updates of the run, or 0 or less to go by epochs
 */
public record StepPlan(int rows, int batchSize, int accumulation, double epochs, int maxSteps) {
    public StepPlan {
        if (rows < 1 || batchSize < 1 || accumulation < 1 || (maxSteps <= 0 && !(epochs > 0))) {
            throw new IllegalArgumentException(
                    "a run needs rows, a batch size, accumulation and epochs or steps from 1;" + " found " + rows + ", "
                            + batchSize + ", " + accumulation + ", " + epochs + ", " + maxSteps);
        }
    }

    public int batchesPerEpoch() {
        return ceilDiv(rows, batchSize);
    }

    public int updatesPerEpoch() {
        return ceilDiv(batchesPerEpoch(), accumulation);
    }

    /** Rows of a whole update. */
    public int rowsPerUpdate() {
        return Math.multiplyExact(batchSize, accumulation);
    }

    /** Updates of a run that begins at the first row. */
    public int totalSteps() {
        return maxSteps > 0 ? maxSteps : (int) Math.ceil(epochs * updatesPerEpoch());
    }

    /**
     * Updates of a run that made {@code stepsDone} and stands at a position, where it may have come with other batch
     * sizes. With the same ones this is {@link #totalSteps}.
     */
    public int totalStepsFrom(RowPosition position, int stepsDone) {
        if (maxSteps > 0) {
            return maxSteps;
        }
        int leftInEpoch = ceilDiv(Math.max(0, rows - position.row()), rowsPerUpdate());
        int doneIfOnlyThis = position.epoch() * updatesPerEpoch() + updatesPerEpoch() - leftInEpoch;
        return stepsDone + Math.max(0, totalSteps() - doneIfOnlyThis);
    }

    /** Epochs as the trainer's state file counts them: started ones. */
    public int epochsStarted() {
        return maxSteps > 0 ? ceilDiv(maxSteps, updatesPerEpoch()) : (int) Math.ceil(epochs);
    }

    /** Rows that the summary's speed is computed from. */
    public double plannedRows() {
        return maxSteps > 0 ? (double) maxSteps * rowsPerUpdate() : rows * epochs;
    }

    /** Epochs done at a position, as logged: finished ones plus the share of this one's micro-batches. */
    public double epochAt(RowPosition position) {
        return position.epoch() + (double) ceilDiv(position.row(), batchSize) / batchesPerEpoch();
    }

    private static int ceilDiv(int a, int b) {
        return (a + b - 1) / b;
    }
}
