package dev.finetune4j.core.model.experts;

import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.weights.Parameter;
import org.bytedeco.pytorch.Tensor;

/**
 * The bias of one map of one expert.
 *
 * @param parameter the bias {@code [out]}, or the biases of all experts {@code [count, out]}
 * @param index the expert's row; -1 where the parameter is the bias itself
 */
record ExpertBias(Parameter parameter, int index) {
    private Tensor own(Tensor whole) {
        return index < 0 ? whole : whole.select(0, index);
    }

    /** {@code [out]} in the dtype of {@code like}; in the caller's scope. */
    Tensor value(Tensor like) {
        return own(parameter.value()).to(like.scalar_type());
    }

    /**
     * Adds the sum over tokens, if the bias trains.
     *
     * @param dy {@code [tokens, out]}
     */
    void accumulate(Tensor dy) {
        if (parameter.trainable()) {
            try (Scope scope = Scope.open("expert bias gradient")) {
                own(parameter.gradientBuffer())
                        .add_(Torch.to(dy, parameter.gradientDType()).sum(0));
            }
        }
    }
}
