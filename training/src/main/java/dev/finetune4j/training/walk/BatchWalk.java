package dev.finetune4j.training.walk;

import dev.finetune4j.core.batch.TokenBatch;
import java.util.List;

/**
 * Carries one micro-batch through a model; what the trainer knows of it. Confined to the thread that made it.
 */
public interface BatchWalk {
    /** What a batch counts for: the number that losses and gradients of a step are divided by in the end. */
    double count(TokenBatch batch);

    /**
     * Forward and backward. Adds the gradient of {@code scale × lossSum} to every trainable parameter.
     *
     * @param batch rows of this micro-batch
     * @param position where the batch stands; keys all random draws, so that splitting a batch or resuming a run draws
     *     the same numbers
     * @param scale factor of the loss, usually one over the step's count
     * @return the unscaled sum of the losses of its rows
     */
    double forwardBackward(TokenBatch batch, Position position, double scale);

    /** Forward without gradients or randomness; one score a row, in order. */
    List<RowScore> score(TokenBatch batch);

    /**
     * Place of a micro-batch in a run.
     *
     * @param step optimizer step, from 0
     * @param firstRow number of the batch's first row within the step, from 0
     */
    record Position(long step, int firstRow) {}

    /**
     * How the model does on one row, teacher-forced.
     *
     * @param lossSum sum of the losses of its labelled tokens, as evaluation reports them (no label smoothing)
     * @param smoothedLossSum the same with the run's label smoothing
     * @param labelled tokens with a label
     * @param right labelled tokens whose arg max equals the label
     */
    record RowScore(double lossSum, double smoothedLossSum, int labelled, int right) {
        /** Every labelled token right: what greedy decoding would have answered. */
        public boolean exact() {
            return labelled > 0 && right == labelled;
        }
    }
}
