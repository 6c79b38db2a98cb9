package dev.finetune4j.core.model.layers;

import dev.finetune4j.core.model.Linear;
import dev.finetune4j.core.model.Tape;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * Gated feed-forward layer (Shazeer 2020): {@code y = down(silu(gate(x)) · up(x))}.
 *
 * <p>On the tape: gate and up before the activation; their product is computed again. With {@code da = down.backward(dy)}:
 * {@code dUp = da · silu(gate)}, {@code dGate = da · up · silu'(gate)}.
 */
public final class GatedFeedForward {
    private final Linear gate;
    private final Linear up;
    private final Linear down;

    public GatedFeedForward(Linear gate, Linear up, Linear down) {
        this.gate = gate;
        this.up = up;
        this.down = down;
    }

    /**
     * @param x normalised hidden states {@code [tokens, hidden]}
     * @return {@code [tokens, hidden]}; owned by the caller's scope
     */
    public Tensor forward(Tensor x, Tape tape) {
        try (Scope scope = Scope.open("feed-forward")) {
            Tensor gated = gate.forward(x, tape);
            Tensor upped = up.forward(x, tape);
            tape.put("mlp.gate", gated);
            tape.put("mlp.up", upped);
            return scope.keep(down.forward(torch.silu(gated).mul_(upped), tape));
        }
    }

    /** Fills the tape as {@link #forward} does; leaves out the down projection, which saves nothing. */
    public void replay(Tensor x, Tape tape) {
        try (Scope scope = Scope.open("feed-forward replay")) {
            tape.put("mlp.gate", gate.forward(x, tape));
            tape.put("mlp.up", up.forward(x, tape));
        }
    }

    /**
     * Input gradient; adds to the gradients of whatever is trainable here.
     *
     * @param x the input of forward if {@link #needsInput}, else possibly null
     */
    public Tensor backward(Tensor dy, @Nullable Tensor x, Tape tape) {
        try (Scope scope = Scope.open("feed-forward backward")) {
            Tensor gated = tape.get("mlp.gate");
            Tensor upped = tape.get("mlp.up");
            Tensor sigmoid = gated.sigmoid();
            Tensor activated = gated.mul(sigmoid);
            Tensor da = down.backward(dy, down.needsInput() ? activated.mul(upped) : null, tape);
            // silu'(g) = σ + silu(g) (1 − σ): the one exponential above serves both silu and its derivative.
            Tensor slope = sigmoid.addcmul_(activated, torch.rsub(sigmoid, Torch.scalar(1)));
            Tensor dUp = activated.mul_(da);
            Tensor dGate = da.mul_(upped).mul_(slope);
            Tensor dx = gate.backward(dGate, x, tape);
            dx.add_(up.backward(dUp, x, tape));
            return scope.keep(dx);
        }
    }

    /** Whether backward reads the input of gate and up. */
    public boolean needsInput() {
        return gate.needsInput() || up.needsInput();
    }

    public List<Linear> projections() {
        return List.of(gate, up, down);
    }
}
