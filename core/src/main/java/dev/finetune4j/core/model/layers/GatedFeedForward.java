package dev.finetune4j.core.model.layers;

import dev.finetune4j.core.model.Tape;
import dev.finetune4j.core.model.linear.Linear;
import dev.finetune4j.core.model.linear.Workspace;
import dev.finetune4j.core.model.projection.Columns;
import dev.finetune4j.core.model.projection.Projections;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * Gated feed-forward layer (Shazeer 2020): {@code y = down(act(gate(x)) · up(x))}.
 *
 * <p>On the tape: gate and up before the activation; their product is computed again. With {@code da = down.backward(dy)}:
 * {@code dUp = da · act(gate)}, {@code dGate = da · up · act'(gate)}.
 */
public final class GatedFeedForward implements FeedForward {
    private final Projections inputs;
    private final Linear down;
    private final Activation activation;
    private final Workspace workspace;

    /** @param inputs gate and up, in this order */
    public GatedFeedForward(Projections inputs, Linear down, Activation activation, Workspace workspace) {
        this.inputs = inputs;
        this.down = down;
        this.activation = activation;
        this.workspace = workspace;
    }

    @Override
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
        return activation.forward(gate, result).mul_(projected.part(1));
    }

    private Columns project(Tensor x, Tape tape) {
        Columns projected = inputs.forward(x, tape);
        tape.putWide("mlp.gate", projected.part(0));
        tape.putWide("mlp.up", projected.part(1));
        return projected;
    }

    @Override
    public void replay(Tensor x, Tape tape) {
        try (Scope scope = Scope.open("feed-forward replay")) {
            project(x, tape);
        }
    }

    @Override
    public Tensor backward(Tensor dy, @Nullable Tensor x, Tape tape) {
        try (Scope scope = Scope.open("feed-forward backward")) {
            Tensor gated = tape.get("mlp.gate");
            Tensor upped = tape.get("mlp.up");
            Tensor activated =
                    activation.forward(gated, Torch.empty(DType.of(gated), Torch.device(gated), gated.shape()));
            Tensor da = down.backward(dy, down.needsInput() ? activated.mul(upped) : null, tape);
            Columns gradients = inputs.gradients(List.of(gated, upped), tape);
            torch.mul_out(gradients.part(1), activated, da);
            activation.backward(da.mul_(upped), gated, gradients.part(0));
            return scope.keep(inputs.backward(gradients, x, tape));
        }
    }

    @Override
    public boolean needsInput() {
        return inputs.needsInput();
    }

    @Override
    public List<Linear> projections() {
        List<Linear> all = new ArrayList<>(inputs.maps());
        all.add(down);
        return all;
    }
}
