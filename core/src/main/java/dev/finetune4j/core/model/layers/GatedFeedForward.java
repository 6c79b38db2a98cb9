package dev.finetune4j.core.model.layers;

import dev.finetune4j.core.model.Tape;
import dev.finetune4j.core.model.layers.ProjectionGroup.Columns;
import dev.finetune4j.core.model.linear.Linear;
import dev.finetune4j.core.model.linear.Workspace;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Scope;
import java.util.ArrayList;
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
    private final ProjectionGroup inputs;
    private final Linear down;
    private final Workspace workspace;

    public GatedFeedForward(Linear gate, Linear up, Linear down, Workspace workspace) {
        this.inputs = new ProjectionGroup(gate, up);
        this.down = down;
        this.workspace = workspace;
    }

    /**
     * @param x normalised hidden states {@code [tokens, hidden]}
     * @return {@code [tokens, hidden]}; owned by the caller's scope
     */
    public Tensor forward(Tensor x, Tape tape) {
        try (Scope scope = Scope.open("feed-forward")) {
            Columns projected = project(x, tape);
            // Backward makes this map's input again, by another expression whose last bits differ: what an adapter
            // could save here would differ from what it finds after a replay, which leaves this map out.
            return scope.keep(down.forward(activated(projected), Tape.off(tape.draws())));
        }
    }

    private Tensor activated(Columns projected) {
        Tensor gate = projected.part(0);
        Tensor result = workspace.like(Workspace.Use.ACTIVATED, gate, DType.of(gate));
        return torch.silu_out(result, gate).mul_(projected.part(1));
    }

    private Columns project(Tensor x, Tape tape) {
        Columns projected = inputs.forward(x, tape);
        tape.putWide("mlp.gate", projected.part(0));
        tape.putWide("mlp.up", projected.part(1));
        return projected;
    }

    /** Brings back what a thin tape lacks; the down projection does not run again. */
    public void replay(Tensor x, Tape tape) {
        try (Scope scope = Scope.open("feed-forward replay")) {
            project(x, tape);
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
            Tensor activated = torch.silu(gated);
            Tensor da = down.backward(dy, down.needsInput() ? activated.mul(upped) : null, tape);
            Columns gradients = inputs.gradients(List.of(gated, upped), tape);
            torch.mul_out(gradients.part(1), activated, da);
            torch.silu_backward_out(gradients.part(0), da.mul_(upped), gated);
            return scope.keep(inputs.backward(gradients, x, tape));
        }
    }

    /** Whether backward reads the input of gate and up. */
    public boolean needsInput() {
        return inputs.needsInput();
    }

    public List<Linear> projections() {
        List<Linear> all = new ArrayList<>(inputs.maps());
        all.add(down);
        return all;
    }
}
