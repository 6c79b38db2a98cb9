package dev.finetune4j.core.model;

import dev.finetune4j.core.runtime.ComputePolicy;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.weights.Parameter;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * The input segment: one row of the embedding matrix per token.
 *
 * <p>Gradient: {@code dE[id] += dy} for every token of that id, in token order, so that a run is reproducible.
 */
public final class Embedding implements Segment {
    private final Parameter weight;
    private final ComputePolicy policy;

    public Embedding(Parameter weight, ComputePolicy policy) {
        this.weight = weight;
        this.policy = policy;
    }

    /**
     * @param ids token ids {@code [tokens]}, int64, already checked against the vocabulary
     * @return {@code [tokens, hidden]}; owned by the caller's scope
     */
    public Tensor forward(Tensor ids) {
        try (Scope scope = Scope.open("embedding")) {
            return scope.keep(Torch.to(weight.value().index_select(0, ids), policy.hidden()));
        }
    }

    /** Adds to the gradient of the matrix. */
    public void backward(Tensor dy, Tensor ids) {
        try (Scope scope = Scope.open("embedding backward")) {
            DType dtype = weight.gradientDType();
            weight.gradientBuffer().index_add_(0, ids, Torch.to(dy, dtype));
        }
    }

    public Parameter weight() {
        return weight;
    }

    @Override
    public String name() {
        return "model.embed_tokens";
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(weight);
    }
}
