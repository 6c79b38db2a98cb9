package dev.finetune4j.training;

import dev.finetune4j.core.batch.TokenBatch;
import dev.finetune4j.core.batch.TokenRow;
import dev.finetune4j.core.error.DivergedException;
import dev.finetune4j.core.weights.Parameter;
import dev.finetune4j.training.optim.GradientClip;
import dev.finetune4j.training.walk.BatchWalk.RowScore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Explains losses and gradients that are not finite: in which step, rows and tensors. */
final class Divergence {
    private final TrainerParts parts;
    private final long step;
    private final @Nullable Path lastCheckpoint;

    /**
     * @param step the step it happened in, from 1
     * @param lastCheckpoint where a run can go on from; null if nothing was saved
     */
    Divergence(TrainerParts parts, long step, @Nullable Path lastCheckpoint) {
        this.parts = parts;
        this.step = step;
        this.lastCheckpoint = lastCheckpoint;
    }

    /** The error for a micro-batch whose loss is not finite. */
    DivergedException ofLoss(double loss, TokenBatch batch) {
        Parameter broken = firstBroken();
        String weights = broken == null ? "" : "; the weights of " + broken.name() + " are not finite";
        return error(loss, "the loss is " + loss + " in rows " + numbers(guilty(batch)) + weights);
    }

    /** The error for gradients whose common norm is not finite. */
    DivergedException ofGradients(double norm, List<TokenBatch> batches) {
        List<TokenRow> rows = new ArrayList<>();
        batches.forEach(b -> rows.addAll(b.rows()));
        Parameter first = GradientClip.firstNotFinite(parts.parameters().trainable());
        String where = first == null ? "" : ", first in " + first.name() + " (" + first.dtype() + ")";
        return error(norm, "the gradient norm is " + norm + where + ", in rows " + numbers(rows));
    }

    private DivergedException error(double value, String what) {
        String last = lastCheckpoint == null
                ? "no checkpoint was written yet."
                : "the last checkpoint is " + lastCheckpoint + ".";
        return new DivergedException(
                step,
                value,
                "Step " + step + ": " + what
                        + ". The weights were not changed by this step. Lower learning_rate or look"
                        + " at these rows; " + last);
    }

    /** The rows that give no finite loss alone; all if each does. */
    private List<TokenRow> guilty(TokenBatch batch) {
        List<RowScore> scores = parts.walk().score(batch);
        List<TokenRow> rows = new ArrayList<>();
        for (int i = 0; i < scores.size(); i++) {
            if (!Double.isFinite(scores.get(i).smoothedLossSum())) {
                rows.add(batch.rows().get(i));
            }
        }
        return rows.isEmpty() ? batch.rows() : rows;
    }

    private @Nullable Parameter firstBroken() {
        for (Parameter parameter : parts.parameters().all()) {
            if (parameter.dtype().isFloating() && !GradientClip.finite(parameter.value())) {
                return parameter;
            }
        }
        return null;
    }

    private static String numbers(List<TokenRow> rows) {
        return rows.stream().map(r -> String.valueOf(r.number())).collect(Collectors.joining(", "));
    }
}
