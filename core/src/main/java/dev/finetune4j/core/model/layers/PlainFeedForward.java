package dev.finetune4j.core.model.layers;

import dev.finetune4j.core.model.Tape;
import dev.finetune4j.core.model.linear.Linear;
import dev.finetune4j.core.model.linear.Workspace;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Feed-forward layer of two maps (Vaswani et al. 2017, section 3.3): {@code y = down(act(up(x)))}.
 *
 * <p>On the tape: up before the activation. With {@code da = down.backward(dy)}: {@code dUp = da · act'(up)}.
 */
public final class PlainFeedForward implements FeedForward {
    private final Linear up;
    private final Linear down;
    private final Activation activation;
    private final Workspace workspace;

    public PlainFeedForward(Linear up, Linear down, Activation activation, Workspace workspace) {
        this.up = up;
        this.down = down;
        this.activation = activation;
        this.workspace = workspace;
    }

    @Override
    public Tensor forward(Tensor x, Tape tape) {
        try (Scope scope = Scope.open("feed-forward")) {
            Tensor upped = project(x, tape);
            Tensor activated =
                    activation.forward(upped, workspace.like(Workspace.Use.ACTIVATED, upped, DType.of(upped)));
            // Off the tape for the same reason as in the gated layer.
            return scope.keep(down.forward(activated, Tape.off(tape.draws())));
        }
    }

    private Tensor project(Tensor x, Tape tape) {
        Tensor upped = up.forward(x, tape);
        tape.putWide("mlp.up", upped);
        return upped;
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
            Tensor upped = tape.get("mlp.up");
            Tensor da = down.backward(dy, down.needsInput() ? activated(upped) : null, tape);
            return scope.keep(up.backward(activation.backward(da, upped, da), x, tape));
        }
    }

    private Tensor activated(Tensor upped) {
        return activation.forward(upped, Torch.empty(DType.of(upped), Torch.device(upped), upped.shape()));
    }

    @Override
    public boolean needsInput() {
        return up.needsInput();
    }

    @Override
    public List<Linear> projections() {
        return List.of(up, down);
    }
}
