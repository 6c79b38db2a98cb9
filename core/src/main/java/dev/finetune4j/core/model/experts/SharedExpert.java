package dev.finetune4j.core.model.experts;

import dev.finetune4j.core.model.Tape;
import dev.finetune4j.core.model.layers.FeedForward;
import dev.finetune4j.core.model.linear.Linear;
import dev.finetune4j.core.runtime.Scope;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * The layer that every token passes: {@code σ(g x) · shared(x)}, or shared(x) alone.
 *
 * <p>On the tape, where there is a gate: its value σ and what shared gave. With {@code ds = dy · shared(x)}: the layer's
 * gradient is σ dy, the gate's {@code ds σ (1 − σ)}.
 */
final class SharedExpert implements FeedForward {
    private static final String OUTPUT = "shared.output";
    private static final String OPEN = "shared.open";

    private final FeedForward layer;
    private final @Nullable Linear gate;

    /** @param gate {@code [1, hidden]} or null */
    SharedExpert(FeedForward layer, @Nullable Linear gate) {
        this.layer = layer;
        this.gate = gate;
    }

    @Override
    public Tensor forward(Tensor x, Tape tape) {
        if (gate == null) {
            return layer.forward(x, tape);
        }
        try (Scope scope = Scope.open("shared expert")) {
            Tensor y = layer.forward(x, tape);
            Tensor open = gate.forward(x, tape).sigmoid();
            tape.put(OUTPUT, y);
            tape.put(OPEN, open);
            return scope.keep(y.mul(open));
        }
    }

    @Override
    public void replay(Tensor x, Tape tape) {
        layer.replay(x, tape);
    }

    @Override
    public Tensor backward(Tensor dy, @Nullable Tensor x, Tape tape) {
        if (gate == null) {
            return layer.backward(dy, x, tape);
        }
        try (Scope scope = Scope.open("shared expert backward")) {
            Tensor open = tape.get(OPEN);
            Tensor dOpen = dy.mul(tape.get(OUTPUT)).sum(new long[] {1}, true, new ScalarTypeOptional());
            Tensor dx = layer.backward(dy.mul(open), x, tape);
            return scope.keep(dx.add_(gate.backward(torch.sigmoid_backward(dOpen, open), x, tape)));
        }
    }

    @Override
    public boolean needsInput() {
        return layer.needsInput() || (gate != null && gate.needsInput());
    }

    @Override
    public List<Linear> projections() {
        List<Linear> all = new ArrayList<>(layer.projections());
        if (gate != null) {
            all.add(gate);
        }
        return all;
    }
}
