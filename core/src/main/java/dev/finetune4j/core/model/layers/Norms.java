package dev.finetune4j.core.model.layers;

import dev.finetune4j.core.model.config.NormConfig;
import dev.finetune4j.core.weights.Parameter;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/** Makes norms of every kind. */
public final class Norms {
    private Norms() {}

    /** @param weight and {@code bias} null where the kind has none */
    public static Norm of(NormConfig config, @Nullable Parameter weight, @Nullable Parameter bias) {
        return config.kind().centres() ? new LayerNorm(weight, bias, config) : new RmsNorm(weight, config);
    }

    /** Adds the sum over all rows of {@code perRow}, whose last dimensions are the parameter's. */
    static void accumulate(Parameter parameter, Tensor perRow) {
        long[] shape = parameter.shape();
        long[] rows = new long[shape.length + 1];
        rows[0] = -1;
        System.arraycopy(shape, 0, rows, 1, shape.length);
        parameter.accumulate(perRow.reshape(rows).sum(0));
    }
}
