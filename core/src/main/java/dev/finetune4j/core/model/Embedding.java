package dev.finetune4j.core.model;

import dev.finetune4j.core.model.config.ModelConfig.InputConfig;
import dev.finetune4j.core.model.layers.Norm;
import dev.finetune4j.core.runtime.ComputePolicy;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.weights.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The input segment: one row of the embedding matrix E per token, {@code m · E[id] + P[position]}, and for some families a
 * norm of it.
 *
 * <p>Gradient: {@code dE[id] += m · dy} for every token of that id, in token order, so that a run is reproducible; likewise
 * {@code dP[position] += dy}. The row of a padding token gets none.
 */
public final class Embedding implements Segment {
    private final String name;
    private final Parameter weight;
    private final Extras extras;
    private final ComputePolicy policy;

    /**
     * What some families add.
     *
     * @param positions learned position embedding {@code [longest, hidden]}; null for none
     * @param norm of the sum; null for none
     * @param padding row that gets no gradient; empty for none
     */
    public record Extras(
            InputConfig config,
            @Nullable Parameter positions,
            @Nullable Norm norm,
            OptionalInt padding) {
        public static final Extras NONE = new Extras(InputConfig.PLAIN, null, null, OptionalInt.empty());
    }

    public Embedding(String name, Parameter weight, Extras extras, ComputePolicy policy) {
        this.name = name;
        this.weight = weight;
        this.extras = extras;
        this.policy = policy;
    }

    /**
     * @param ids token ids {@code [tokens]}, int64, already checked against the vocabulary
     * @param positions of the tokens, int64
     * @return {@code [tokens, hidden]}; owned by the caller's scope
     */
    public Tensor forward(Tensor ids, Tensor positions) {
        try (Scope scope = Scope.open("embedding")) {
            Tensor sum = sum(ids, positions);
            return scope.keep(extras.norm == null ? sum : extras.norm.forward(sum, policy.hidden()));
        }
    }

    private Tensor sum(Tensor ids, Tensor positions) {
        Tensor embedded = Torch.to(weight.value().index_select(0, ids), policy.hidden());
        if (extras.config.multiplier() != 1) {
            embedded.mul_(Torch.scalar(multiplier()));
        }
        if (extras.positions != null) {
            embedded.add_(Torch.to(extras.positions.value().index_select(0, positions), policy.hidden()));
        }
        return embedded;
    }

    private double multiplier() {
        double exact = extras.config.multiplier();
        if (!extras.config.rounded()) {
            return exact;
        }
        try (Scope scope = Scope.open("embedding multiplier")) {
            Tensor one = Torch.zeros(weight.dtype(), Torch.device(weight.value()), 1);
            return Torch.to(one.fill_(Torch.scalar(exact)), DType.FLOAT64).item_double();
        }
    }

    /** Adds to the gradients of the matrices. */
    public void backward(Tensor dy, Tensor ids, Tensor positions) {
        try (Scope scope = Scope.open("embedding backward")) {
            Tensor dSum = extras.norm == null ? dy : extras.norm.backward(dy, sum(ids, positions));
            if (extras.positions != null && extras.positions.trainable()) {
                scatter(extras.positions, dSum, positions);
            }
            if (weight.trainable()) {
                double m = extras.config.multiplier() == 1 ? 1 : multiplier();
                scatterUnpadded(m == 1 ? dSum : dSum.mul(Torch.scalar(m)), ids);
            }
        }
    }

    private void scatterUnpadded(Tensor rows, Tensor ids) {
        if (extras.padding.isEmpty()) {
            scatter(weight, rows, ids);
            return;
        }
        // What a tied head has added stays.
        Tensor padding = weight.gradientBuffer().select(0, extras.padding.getAsInt());
        Tensor before = padding.clone();
        scatter(weight, rows, ids);
        padding.copy_(before);
    }

    private static void scatter(Parameter matrix, Tensor rows, Tensor index) {
        matrix.gradientBuffer().index_add_(0, index, Torch.to(rows, matrix.gradientDType()));
    }

    public Parameter weight() {
        return weight;
    }

    /** Rows of a learned position embedding; 0 where there is none. */
    long longest() {
        return extras.positions == null ? 0 : extras.positions.value().size(0);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<Parameter> parameters() {
        List<Parameter> own = new ArrayList<>();
        own.add(weight);
        if (extras.positions != null) {
            own.add(extras.positions);
        }
        if (extras.norm != null) {
            own.addAll(extras.norm.parameters());
        }
        return own;
    }
}
