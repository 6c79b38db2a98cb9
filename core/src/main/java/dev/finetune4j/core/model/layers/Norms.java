package dev.finetune4j.core.model.layers;

import dev.finetune4j.core.model.config.NormConfig;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Torch;
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

    /** What multiplies the normalised input; null for one. */
    static @Nullable Tensor factor(@Nullable Parameter weight, NormConfig config, DType dtype) {
        if (weight == null) {
            return null;
        }
        Tensor stored = Torch.to(weight.value(), dtype);
        return config.kind().isOffset() ? stored.add(Torch.scalar(1)) : stored;
    }

    /** The input in the dtype of the arithmetic: fp32, or fp64 if it is that. */
    static Tensor wide(Tensor x) {
        return DType.of(x) == DType.FLOAT64 ? x : Torch.to(x, DType.FLOAT32);
    }
}
