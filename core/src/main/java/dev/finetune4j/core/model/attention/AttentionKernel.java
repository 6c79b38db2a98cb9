package dev.finetune4j.core.model.attention;

import dev.finetune4j.core.model.AttentionLayout;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Torch;
import org.bytedeco.pytorch.Tensor;

/**
 * Causal attention over the documents of a ragged batch: {@code o = softmax(scale · q kᵀ) v} with the variations of an
 * {@link AttentionRule}, each document by itself. A pair; never holds {@code [tokens, tokens]} of more than one document.
 * Results belong to the caller's scope.
 */
public interface AttentionKernel {
    /** The name by which plans and checkpoints remember the choice. */
    String name();

    /**
     * Forward.
     *
     * @param q {@code [tokens, heads, headDim]}, rotated
     * @param k {@code [tokens, keyValueHeads, headDim]}, rotated
     * @param v {@code [tokens, keyValueHeads, valueDim]}
     */
    Result forward(Tensor q, Tensor k, Tensor v, AttentionLayout layout, AttentionRule rule);

    /**
     * Gradients of q, k and v; adds to the gradient of the rule's sinks if they train.
     *
     * @param gradient of the output
     * @param saved what forward returned
     * @param into tensors shaped like {@code inputs} that receive the gradients; possibly columns of a wider matrix
     */
    void backward(
            Tensor gradient, Inputs inputs, Result saved, AttentionLayout layout, AttentionRule rule, Inputs into);

    /**
     * What forward leaves.
     *
     * @param output {@code [tokens, heads, valueDim]}
     * @param statistics log of each row's softmax denominator, {@code [heads, tokens]}, fp32, or fp64 for inputs in it
     */
    record Result(Tensor output, Tensor statistics) {
        /** Uninitialised tensors for the result of a forward pass. */
        public static Result empty(Tensor q, Tensor v) {
            return new Result(
                    Torch.empty(DType.of(q), Torch.device(q), q.size(0), q.size(1), v.size(2)),
                    Torch.empty(wide(q), Torch.device(q), q.size(1), q.size(0)));
        }
    }

    /** Dtype in which scores and their sums are computed. */
    static DType wide(Tensor tensor) {
        return DType.of(tensor) == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32;
    }

    /** Queries, keys and values, or their gradients. */
    record Inputs(Tensor q, Tensor k, Tensor v) {
        /** Uninitialised tensors of the same shapes. */
        public Inputs emptyLike() {
            return new Inputs(emptyLike(q), emptyLike(k), emptyLike(v));
        }

        private static Tensor emptyLike(Tensor tensor) {
            return Torch.empty(DType.of(tensor), Torch.device(tensor), tensor.shape());
        }
    }
}
