package dev.finetune4j.core.model;

import dev.finetune4j.core.model.config.ModelConfig.HeadConfig;
import dev.finetune4j.core.model.layers.Norm;
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
import org.jspecify.annotations.Nullable;

/**
 * The last segment: a norm and the map to the vocabulary, {@code z = m · W n}, for some families bounded by
 * {@code c · tanh(z / c)}. Runs on chosen tokens only; logits of a whole batch never exist.
 */
public final class Head implements Segment {
    private final Norm norm;
    private final Linear map;
    private final HeadConfig config;
    private final ComputePolicy policy;

    public Head(Norm norm, Linear map, HeadConfig config, ComputePolicy policy) {
        this.norm = norm;
        this.map = map;
        this.config = config;
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
            Tensor product = map.forward(normalised, Tape.off(Draws.NONE));
            Tensor logits = Torch.to(product, policy.product() == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32);
            if (config.multiplier() != 1) {
                logits.mul_(Torch.scalar(config.multiplier()));
            }
            if (config.softCap() > 0) {
                logits.div_(Torch.scalar(config.softCap())).tanh_().mul_(Torch.scalar(config.softCap()));
            }
            return scope.keep(logits);
        }
    }

    /**
     * Derivative of bounded logits by unbounded ones, {@code 1 − (z / c)²}; to be asked before the logits are overwritten, and
     * given to {@link #logitsBackward}.
     *
     * @return null where logits are not bounded
     */
    public @Nullable Tensor slope(Tensor logits) {
        if (config.softCap() == 0) {
            return null;
        }
        Tensor ratio = logits.div(Torch.scalar(config.softCap()));
        return ratio.mul_(ratio).neg_().add_(Torch.scalar(1));
    }

    /**
     * Gradient of {@link #logits}; adds to the gradient of the map if it trains.
     *
     * @param dLogits {@code [chosen, vocabulary]}; overwritten
     * @param slope what {@link #slope} gave
     */
    public Tensor logitsBackward(Tensor dLogits, @Nullable Tensor slope, Tensor normalised) {
        try (Scope scope = Scope.open("logits backward")) {
            if (slope != null) {
                dLogits.mul_(slope);
            }
            if (config.multiplier() != 1) {
                dLogits.mul_(Torch.scalar(config.multiplier()));
            }
            Tensor typed = Torch.to(dLogits, policy.product());
            return scope.keep(map.backward(typed, normalised, Tape.off(Draws.NONE)));
        }
    }

    public Linear map() {
        return map;
    }

    public Norm norm() {
        return norm;
    }

    @Override
    public String name() {
        return map.name();
    }

    @Override
    public List<Parameter> parameters() {
        List<Parameter> all = new ArrayList<>(map.parameters());
        all.addAll(norm.parameters());
        return all;
    }
}
