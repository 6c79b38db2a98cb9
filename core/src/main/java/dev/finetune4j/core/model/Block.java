package dev.finetune4j.core.model;

import dev.finetune4j.core.model.layers.Attention;
import dev.finetune4j.core.model.layers.GatedFeedForward;
import dev.finetune4j.core.model.layers.RmsNorm;
import dev.finetune4j.core.model.linear.Linear;
import dev.finetune4j.core.model.linear.LinearAdapter;
import dev.finetune4j.core.model.linear.Workspace;
import dev.finetune4j.core.runtime.ComputePolicy;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.weights.Parameter;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * One decoder layer with norms before attention and before the feed-forward layer:
 * {@code h = x + attention(norm(x))}, {@code y = h + mlp(norm(h))}.
 *
 * <p>On the tape: x and h beside what the layers save; norm outputs are computed again.
 */
public final class Block implements Segment {
    private final String name;
    private final RmsNorm inputNorm;
    private final Attention attention;
    private final RmsNorm feedForwardNorm;
    private final GatedFeedForward feedForward;
    private final ComputePolicy policy;
    private final Workspace workspace;

    /**
     * Layers of a block in the order they run.
     */
    public record Layers(
            RmsNorm inputNorm, Attention attention, RmsNorm feedForwardNorm, GatedFeedForward feedForward) {}

    /** @param workspace where norm outputs lie, which are read within the block and made again for its backward pass */
    public Block(String name, Layers layers, ComputePolicy policy, Workspace workspace) {
        this.name = name;
        this.inputNorm = layers.inputNorm;
        this.attention = layers.attention;
        this.feedForwardNorm = layers.feedForwardNorm;
        this.feedForward = layers.feedForward;
        this.policy = policy;
        this.workspace = workspace;
    }

    /** Hidden states after the block; owned by the caller's scope. */
    public Tensor forward(Flow flow, Tape tape) {
        try (Scope scope = Scope.open(name)) {
            Tensor h = middle(flow, tape);
            return scope.keep(residual(h, feedForward.forward(normed(feedForwardNorm, h), tape)));
        }
    }

    /**
     * Fills a thin tape that {@link #forward} wrote: q, k, v, gate and up are computed again from the hidden states on it,
     * while the attention kernel and the products of o and down are not.
     */
    public void replay(Flow flow, Tape tape) {
        tape.replay();
        try (Scope scope = Scope.open(name + " replay")) {
            Tensor x = tape.get("block.input");
            attention.replay(normed(inputNorm, x), flow.angles(), tape);
            Tensor h = tape.get("block.middle");
            feedForward.replay(normed(feedForwardNorm, h), tape);
        }
    }

    private Tensor normed(RmsNorm norm, Tensor x) {
        return norm.forward(x, workspace.like(Workspace.Use.NORMED, x, policy.product()));
    }

    /** Hidden states after attention. */
    private Tensor middle(Flow flow, Tape tape) {
        Tensor x = flow.hidden();
        Tensor h = residual(x, attention.forward(normed(inputNorm, x), flow.layout(), flow.angles(), tape));
        tape.put("block.input", x);
        tape.put("block.middle", h);
        return h;
    }

    /**
     * Gradient of the block's input; adds to the gradients of whatever is trainable here.
     *
     * @param dy gradient of the block's output {@code [tokens, hidden]} in the hidden dtype
     * @param flow the batch's layout and angles; its hidden states are not read
     * @param tape what a saving forward pass left, or a thin one and {@link #replay}
     */
    public Tensor backward(Tensor dy, Flow flow, Tape tape) {
        try (Scope scope = Scope.open(name + " backward")) {
            Tensor h = tape.get("block.middle");
            Tensor mlpInput = feedForward.needsInput() ? normed(feedForwardNorm, h) : null;
            Tensor dh =
                    feedForwardNorm.backward(feedForward.backward(Torch.to(dy, policy.product()), mlpInput, tape), h);
            dh.add_(dy);
            Tensor x = tape.get("block.input");
            Tensor attentionInput = attention.needsInput() ? normed(inputNorm, x) : null;
            Tensor dx = inputNorm.backward(
                    attention.backward(
                            Torch.to(dh, policy.product()), attentionInput, flow.layout(), flow.angles(), tape),
                    x);
            return scope.keep(dx.add_(dh));
        }
    }

    /** {@code x + fresh}, in the memory of {@code fresh} where the dtypes agree. */
    private static Tensor residual(Tensor x, Tensor fresh) {
        return DType.of(fresh) == DType.of(x) ? fresh.add_(x) : x.add(fresh);
    }

    @Override
    public String name() {
        return name;
    }

    /** All linear maps, in checkpoint order. */
    public List<Linear> linears() {
        List<Linear> all = new ArrayList<>(attention.projections().all());
        all.addAll(feedForward.projections());
        return all;
    }

    public Attention attention() {
        return attention;
    }

    @Override
    public List<Parameter> parameters() {
        List<Parameter> all = new ArrayList<>();
        all.add(inputNorm.weight());
        all.add(feedForwardNorm.weight());
        all.addAll(attention.headNorms());
        for (Linear linear : linears()) {
            all.addAll(linear.parameters());
            LinearAdapter adapter = linear.adapter();
            if (adapter != null) {
                all.addAll(adapter.parameters());
            }
        }
        return all;
    }
}
