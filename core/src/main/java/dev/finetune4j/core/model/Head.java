package dev.finetune4j.core.model;

import dev.finetune4j.core.model.layers.RmsNorm;
import dev.finetune4j.core.model.linear.Linear;
import dev.finetune4j.core.runtime.ComputePolicy;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Draws;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.weights.Parameter;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * The last segment: a norm and the map to the vocabulary. Runs on chosen tokens only; logits of a whole batch never exist.
 */
public final class Head implements Segment {
    private final RmsNorm norm;
    private final Linear map;
    private final ComputePolicy policy;

    public Head(RmsNorm norm, Linear map, ComputePolicy policy) {
        this.norm = norm;
        this.map = map;
        this.policy = policy;
    }

    /** Normalised hidden states in the product dtype, what {@link #logits} takes. */
    public Tensor normalise(Tensor hidden) {
        return norm.forward(hidden, policy.product());
    }

    /** Gradient of {@link #normalise}; adds to the norm's own gradient if it trains. */
    public Tensor normaliseBackward(Tensor dy, Tensor hidden) {
        return norm.backward(dy, hidden);
    }

    /**
     * Logits of some tokens.
     *
     * @param normalised {@code [chosen, hidden]}
     * @return {@code [chosen, vocabulary]} in fp32 (fp64 under a float64 policy), owned by the caller's scope
     */
    public Tensor logits(Tensor normalised) {
        try (Scope scope = Scope.open("logits")) {
            Tensor logits = map.forward(normalised, Tape.off(Draws.NONE));
            return scope.keep(Torch.to(logits, policy.product() == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32));
        }
    }

    /**
     * Gradient of {@link #logits}; adds to the gradient of the map if it trains.
     *
     * @param dLogits {@code [chosen, vocabulary]}
     */
    public Tensor logitsBackward(Tensor dLogits, Tensor normalised) {
        try (Scope scope = Scope.open("logits backward")) {
            Tensor typed = Torch.to(dLogits, policy.product());
            return scope.keep(map.backward(typed, normalised, Tape.off(Draws.NONE)));
        }
    }

    public Linear map() {
        return map;
    }

    public RmsNorm norm() {
        return norm;
    }

    @Override
    public String name() {
        return "lm_head";
    }

    @Override
    public List<Parameter> parameters() {
        List<Parameter> all = new ArrayList<>(map.parameters());
        all.add(norm.weight());
        return all;
    }
}
