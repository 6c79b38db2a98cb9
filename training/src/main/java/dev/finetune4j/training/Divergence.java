package dev.finetune4j.training;

import dev.finetune4j.core.batch.TokenBatch;
import dev.finetune4j.core.batch.TokenRow;
import dev.finetune4j.core.error.DivergedException;
import dev.finetune4j.core.weights.Parameter;
import dev.finetune4j.core.weights.ParameterStore;
import dev.finetune4j.training.optim.GradientClip;
import dev.finetune4j.training.walk.BatchWalk;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Explains losses and gradients that are not finite: which step, rows and tensors. */
final class Divergence {
    private static final String ADVICE =
            " The weights were not changed by this step. Lower learning_rate, look at these"
                    + " rows, and go on from the last checkpoint.";

    private Divergence() {}

    /** The error for a micro-batch whose loss is not finite. */
    static DivergedException diverged(
            long step, double loss, TokenBatch batch, BatchWalk walk, ParameterStore parameters) {
        Parameter broken = firstBroken(parameters);
        return new DivergedException(
                step,
                loss,
                "Step " + step + ": the loss is " + loss + " in rows " + numbers(guilty(batch, walk))
                        + (broken == null ? "" : "; the weights of " + broken.name() + " are not finite") + "."
                        + ADVICE);
    }

    /** The rows that give no finite loss alone; all if each does. */
    private static List<TokenRow> guilty(TokenBatch batch, BatchWalk walk) {
        List<BatchWalk.RowScore> scores = walk.score(batch);
        List<TokenRow> rows = new ArrayList<>();
        for (int i = 0; i < scores.size(); i++) {
            if (!Double.isFinite(scores.get(i).smoothedLossSum())) {
                rows.add(batch.rows().get(i));
            }
        }
        return rows.isEmpty() ? batch.rows() : rows;
    }

    private static @Nullable Parameter firstBroken(ParameterStore parameters) {
        for (Parameter parameter : parameters.all()) {
            if (parameter.dtype().isFloating() && !GradientClip.finite(parameter.value())) {
                return parameter;
            }
        }
        return null;
    }

    /** The error for gradients whose common norm is not finite. */
    static DivergedException diverged(long step, double norm, List<TokenBatch> batches, List<Parameter> parameters) {
        List<TokenRow> rows = new ArrayList<>();
        batches.forEach(b -> rows.addAll(b.rows()));
        Parameter first = GradientClip.firstNotFinite(parameters);
        return new DivergedException(
                step,
                norm,
                "Step " + step + ": the gradient norm is " + norm
                        + (first == null ? "" : ", first in " + first.name() + " (" + first.dtype() + ")")
                        + ", in rows "
                        + numbers(rows) + "." + ADVICE);
    }

    private static String numbers(List<TokenRow> rows) {
        return rows.stream().map(r -> String.valueOf(r.number())).collect(Collectors.joining(", "));
    }
}
