package dev.finetune4j.finetune.plan;

import dev.finetune4j.core.config.FineTuneArguments;
import dev.finetune4j.core.config.model.InferDType;
import dev.finetune4j.core.config.model.PrecisionArguments;
import dev.finetune4j.core.model.build.DecoderLoader;
import dev.finetune4j.core.runtime.DType;
import org.jspecify.annotations.Nullable;

/**
 * In which dtypes a run holds the weights that it reads, before what trains is raised to float32.
 *
 * @param all dtype of every weight; null for the checkpoint's
 * @param wideNorms whether norm weights are held in float32 all the same
 */
record HeldDTypes(@Nullable DType all, boolean wideNorms) implements DecoderLoader.Holding {
    static HeldDTypes of(FineTuneArguments arguments) {
        PrecisionArguments precision = arguments.model().precision();
        boolean chosen = !arguments.training().trains() && precision.inferDtype() != InferDType.AUTO;
        return new HeldDTypes(chosen ? dtype(precision.inferDtype()) : null, precision.upcastLayernorm());
    }

    private static @Nullable DType dtype(InferDType wish) {
        return switch (wish) {
            case AUTO -> null;
            case FLOAT16 -> DType.FLOAT16;
            case BFLOAT16 -> DType.BFLOAT16;
            case FLOAT32 -> DType.FLOAT32;
        };
    }

    @Override
    public DType dtype(String name, long[] shape, DType stored) {
        return wideNorms && isNorm(name, shape) ? DType.FLOAT32 : most(stored);
    }

    /** Dtype of most weights. */
    DType most(DType stored) {
        return all == null ? stored : all;
    }

    /** By the rule that LLaMA-Factory goes by. */
    private static boolean isNorm(String name, long[] shape) {
        return shape.length == 1 && (name.contains("norm") || name.contains("ln"));
    }
}
