package dev.finetune4j.core.model.experts;

import dev.finetune4j.core.model.Tape;
import dev.finetune4j.core.model.linear.Columns;
import dev.finetune4j.core.model.linear.Linear;
import dev.finetune4j.core.model.linear.LinearAdapter;
import dev.finetune4j.core.model.linear.Projections;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.weights.Parameter;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * One expert on the tokens that chose it: {@code y = down(a) + b} with {@code a = gating(gate(x), up(x))}; what the layer
 * uses of it is {@code w y}, with one weight w a token.
 *
 * <p>On the tape: gate and up. Backward needs no y, since {@code dw = dy · y = (downᵀ dy) · a + dy · b}: with
 * {@code d = downᵀ dy}, which it makes anyway, {@code da = w d}; the gradients of down and b are those of the input
 * {@code w a} and of {@code Σ w dy}.
 */
final class Expert {
    private final String key;
    private final Projections inputs;
    private final Linear down;
    private final @Nullable ExpertBias downBias;
    private final Gating gating;

    /**
     * @param number sets this expert's tensors on the tape apart
     * @param inputs gate and up, in this order
     * @param down without a bias of its own
     */
    Expert(int number, Projections inputs, Linear down, @Nullable ExpertBias downBias, Gating gating) {
        this.key = "expert." + number;
        this.inputs = inputs;
        this.down = down;
        this.downBias = downBias;
        this.gating = gating;
    }

    /**
     * @param dx input gradient {@code [rows, hidden]}
     * @param dw gradient of the weights {@code [rows]}, fp32 or fp64; null where there were none
     */
    record Gradients(Tensor dx, @Nullable Tensor dw) {}

    /** y, {@code [rows, hidden]}, for rows of the same shape; owned by the caller's scope. */
    Tensor forward(Tensor x, Tape tape) {
        try (Scope scope = Scope.open(key)) {
            Columns gateUp = project(x, tape);
            Tensor a = gating.forward(gateUp.part(0), gateUp.part(1)).value();
            // Backward makes this map's input again; see the ordinary gated layer.
            Tensor y = down.forward(a, Tape.off(tape.draws()));
            return scope.keep(downBias == null ? y : y.add_(downBias.value(y)));
        }
    }

    private Columns project(Tensor x, Tape tape) {
        Columns gateUp = inputs.forward(x, tape);
        tape.putWide(key + ".gate", gateUp.part(0));
        tape.putWide(key + ".up", gateUp.part(1));
        return gateUp;
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
     * @param w {@code [rows, 1]}; null for weights of one
     * @param x the input of forward if {@link #needsInput}, else possibly null
     */
    Gradients backward(Tensor dy, @Nullable Tensor w, @Nullable Tensor x, Tape tape) {
        try (Scope scope = Scope.open(key + " backward")) {
            Columns gateUp = new Columns(List.of(tape.get(key + ".gate"), tape.get(key + ".up")), null);
            Gating.Activated a = gating.forward(gateUp.part(0), gateUp.part(1));
            Tensor da = down.backward(dy, down.needsInput() ? scaled(a.value(), w) : null, tape);
            Tensor dw = w == null ? null : scope.keep(weightGradient(da, a.value(), dy));
            if (downBias != null) {
                downBias.accumulate(scaled(dy, w));
            }
            Columns gradients = inputs.gradients(gateUp.parts(), tape);
            gating.backward(w == null ? da : da.mul_(w), a.inner(), gateUp, gradients);
            return new Gradients(scope.keep(inputs.backward(gradients, x, tape)), dw);
        }
    }

    private static Tensor scaled(Tensor rows, @Nullable Tensor w) {
        return w == null ? rows : rows.mul(w);
    }

    /** Sums over columns of {@code d · a}, and of {@code dy · b}. */
    private Tensor weightGradient(Tensor d, Tensor a, Tensor dy) {
        Tensor dw = overColumns(d.mul(a));
        return downBias == null ? dw : dw.add_(overColumns(dy.mul(downBias.value(dy))));
    }

    private static Tensor overColumns(Tensor rows) {
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
