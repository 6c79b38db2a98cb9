package dev.finetune4j.core.model.experts;

import dev.finetune4j.core.model.Tape;
import dev.finetune4j.core.model.linear.Linear;
import dev.finetune4j.core.model.linear.LinearAdapter;
import dev.finetune4j.core.model.projection.Columns;
import dev.finetune4j.core.model.projection.Projections;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.weights.Parameter;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * One expert on the tokens that chose it: {@code y = down(a) + b} with {@code a = inner(gate(x)) · factor(up(x))}; what the
 * layer uses of it is {@code w y}, with one weight w a token.
 *
 * <p>On the tape: gate and up. Backward needs no y, since {@code dw = dy · y = (downᵀ dy) · a + dy · b}: with
 * {@code d = downᵀ dy}, which it makes anyway, {@code da = w d}; the gradients of down and b are those of the input
 * {@code w a} and of {@code Σ w dy}. All that follows is linear in w, so where nothing behind the activation trains w may
 * as well multiply the input gradient in the end, where that costs no pass of its own.
 */
final class Expert {
    private final String key;
    private final Projections inputs;
    private final boolean alternating;
    private final Linear down;
    private final @Nullable ExpertBias downBias;
    private final Gating gating;

    /**
     * @param number sets this expert's tensors on the tape apart
     * @param inputs gate and up, in this order
     * @param alternating whether they alternate in the columns of what holds both
     * @param down without a bias of its own
     */
    Expert(
            int number,
            Projections inputs,
            boolean alternating,
            Linear down,
            @Nullable ExpertBias downBias,
            Gating gating) {
        this.key = "expert." + number;
        this.inputs = inputs;
        this.alternating = alternating;
        this.down = down;
        this.downBias = downBias;
        this.gating = gating;
    }

    /**
     * @param w weights of rows {@code [rows, 1]}
     * @param late whether w does not enter the input gradient; only where the expert does not {@link #needsInput}
     */
    record RowWeights(Tensor w, boolean late) {}

    /**
     * @param dx input gradient {@code [rows, hidden]}
     * @param dw gradient of the weights {@code [rows]}, fp32 or fp64; null where there were none
     */
    record Gradients(Tensor dx, @Nullable Tensor dw) {}

    /** y, {@code [rows, hidden]}, for rows of the same shape; owned by the caller's scope. */
    Tensor forward(Tensor x, Tape tape) {
        try (Scope scope = Scope.open(key)) {
            Columns gateUp = project(x, tape);
            Tensor a = gating.inner(gateUp.part(0)).mul_(gating.factor(gateUp.part(1)));
            // Backward makes this map's input again; see the ordinary gated layer.
            Tensor y = down.forward(a, Tape.off(tape.draws()));
            return scope.keep(downBias == null ? y : y.add_(downBias.value(y)));
        }
    }

    private Columns project(Tensor x, Tape tape) {
        Columns gateUp = inputs.forward(x, tape);
        Tensor whole = gateUp.whole();
        if (whole != null) {
            tape.putWide(key, whole);
        } else {
            tape.putWide(key + ".gate", gateUp.part(0));
            tape.putWide(key + ".up", gateUp.part(1));
        }
        return gateUp;
    }

    private Columns projected(Tape tape) {
        Tensor whole = tape.find(key);
        return whole == null
                ? new Columns(List.of(tape.get(key + ".gate"), tape.get(key + ".up")), null)
                : StackedInputs.split(whole, alternating);
    }

    void replay(Tensor x, Tape tape) {
        try (Scope scope = Scope.open(key + " replay")) {
            project(x, tape);
        }
    }

    /**
     * Gradients of what came out; adds to those of whatever is trainable here.
     *
     * @param dy gradient of {@code w y}, {@code [rows, hidden]}, unchanged; zero in rows that count for nothing
     * @param weights null for weights of one
     * @param x the input of forward if {@link #needsInput}, else possibly null
     */
    Gradients backward(Tensor dy, @Nullable RowWeights weights, @Nullable Tensor x, Tape tape) {
        try (Scope scope = Scope.open(key + " backward")) {
            Columns gateUp = projected(tape);
            Tensor inner = gating.inner(gateUp.part(0));
            Tensor factor = gating.factor(gateUp.part(1));
            Tensor da = down.backward(dy, down.needsInput() ? scaled(inner.mul(factor), weights) : null, tape);
            Columns gradients = inputs.gradients(gateUp.parts(), tape);
            torch.mul_out(gradients.part(1), inner, da);
            Tensor dw = weights == null
                    ? null
                    : scope.keep(weightGradient(gradients.part(1).mul(factor), dy));
            if (downBias != null) {
                downBias.accumulate(scaled(dy, weights));
            }
            gating.backward(da, inner, gateUp, gradients);
            if (weights != null && !weights.late) {
                scale(gradients, weights.w);
            }
            return new Gradients(scope.keep(inputs.backward(gradients, x, tape)), dw);
        }
    }

    private static Tensor scaled(Tensor rows, @Nullable RowWeights weights) {
        return weights == null ? rows : rows.mul(weights.w);
    }

    private static void scale(Columns gradients, Tensor w) {
        Tensor whole = gradients.whole();
        if (whole != null) {
            whole.mul_(w);
        } else {
            gradients.parts().forEach(part -> part.mul_(w));
        }
    }

    /** Sums over columns of {@code d · a}, and of {@code dy · b}. */
    private Tensor weightGradient(Tensor dTimesA, Tensor dy) {
        Tensor dw = overColumns(dTimesA);
        return downBias == null ? dw : dw.add_(overColumns(dy.mul(downBias.value(dy))));
    }

    /** In fp32 at least. */
    static Tensor overColumns(Tensor rows) {
        DType wide = DType.of(rows) == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32;
        return rows.sum(new long[] {1}, false, new ScalarTypeOptional(wide.scalarType()));
    }

    boolean needsInput() {
        return inputs.needsInput();
    }

    /** In checkpoint order. */
    List<Linear> projections() {
        List<Linear> all = new ArrayList<>(inputs.maps());
        all.add(down);
        return all;
    }

    /**
     * Makes the gradients of an expert that no token chose zero instead of missing, as those of one tensor for all experts
     * are: an optimizer then treats both layouts alike.
     */
    void touchGradients() {
        for (Linear map : projections()) {
            touch(map.parameters());
            LinearAdapter adapter = map.activeAdapter();
            if (adapter != null) {
                touch(adapter.parameters());
            }
        }
        if (downBias != null) {
            touch(List.of(downBias.parameter()));
        }
    }

    private static void touch(List<Parameter> parameters) {
        for (Parameter parameter : parameters) {
            if (parameter.trainable()) {
                parameter.gradientBuffer();
            }
        }
    }
}
