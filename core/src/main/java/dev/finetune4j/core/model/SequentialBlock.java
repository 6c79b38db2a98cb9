package dev.finetune4j.core.model;

import dev.finetune4j.core.model.attention.SelfAttention;
import dev.finetune4j.core.model.layers.FeedForward;
import dev.finetune4j.core.model.layers.Norm;
import dev.finetune4j.core.model.linear.Workspace;
import dev.finetune4j.core.runtime.ComputePolicy;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Attention first, then the feed-forward layer on what came out: {@code h = x + r · n₂(attention(n₁(x)))},
 * {@code y = h + r · n₄(mlp(n₃(h)))}, without the norms that a family has not.
 *
 * <p>On the tape: x and h beside what the layers save, and the inputs of n₂ and n₄; other norm outputs are computed again.
 */
public final class SequentialBlock implements Block {
    private static final String INPUT = "block.input";
    private static final String MIDDLE = "block.middle";
    private static final String ATTENDED = "block.attended";
    private static final String FED = "block.fed";

    private final String name;
    private final Layers layers;
    private final ComputePolicy policy;
    private final Workspace workspace;

    /** @param workspace where norm outputs lie, which are read within the block and made again for its backward pass */
    public SequentialBlock(String name, Layers layers, ComputePolicy policy, Workspace workspace) {
        this.name = name;
        this.layers = layers;
        this.policy = policy;
        this.workspace = workspace;
    }

    @Override
    public Tensor forward(Flow flow, Tape tape) {
        try (Scope scope = Scope.open(name)) {
            Norms norms = layers.norms();
            Tensor x = flow.hidden();
            Tensor attended = layers.attention().forward(before(norms.beforeAttention(), x), flow.positions(), tape);
            Tensor h = residual(x, after(norms.afterAttention(), ATTENDED, attended, tape));
            tape.put(INPUT, x);
            tape.put(MIDDLE, h);
            Tensor fed = layers.feedForward().forward(before(norms.beforeFeedForward(), h), tape);
            return scope.keep(residual(h, after(norms.afterFeedForward(), FED, fed, tape)));
        }
    }

    /** Input of a layer. */
    private Tensor before(@Nullable Norm norm, Tensor x) {
        return norm == null
                ? Torch.to(x, policy.product())
                : norm.forward(x, workspace.like(Workspace.Use.NORMED, x, policy.product()));
    }

    /** What a layer adds to the hidden states. */
    private Tensor after(@Nullable Norm norm, String saved, Tensor output, Tape tape) {
        Tensor result = output;
        if (norm != null) {
            tape.put(saved, output);
            result = norm.forward(output, DType.of(output));
        }
        return scaled(result);
    }

    private Tensor scaled(Tensor x) {
        return layers.residualMultiplier() == 1 ? x : x.mul_(Torch.scalar(layers.residualMultiplier()));
    }

    /** {@code x + fresh}, in the memory of {@code fresh} where the dtypes agree. */
    private static Tensor residual(Tensor x, Tensor fresh) {
        return DType.of(fresh) == DType.of(x) ? fresh.add_(x) : x.add(fresh);
    }

    @Override
    public void replay(Flow flow, Tape tape) {
        tape.replay();
        try (Scope scope = Scope.open(name + " replay")) {
            Norms norms = layers.norms();
            layers.attention().replay(before(norms.beforeAttention(), tape.get(INPUT)), flow.positions(), tape);
            layers.feedForward().replay(before(norms.beforeFeedForward(), tape.get(MIDDLE)), tape);
        }
    }

    @Override
    public Tensor backward(Tensor dy, Flow flow, Tape tape) {
        try (Scope scope = Scope.open(name + " backward")) {
            Norms norms = layers.norms();
            FeedForward feedForward = layers.feedForward();
            Tensor h = tape.get(MIDDLE);
            Tensor mlpInput = feedForward.needsInput() ? before(norms.beforeFeedForward(), h) : null;
            Tensor dFed = afterBackward(norms.afterFeedForward(), dy, FED, tape);
            Tensor dh = beforeBackward(norms.beforeFeedForward(), feedForward.backward(dFed, mlpInput, tape), h);
            dh.add_(dy);
            SelfAttention attention = layers.attention();
            Tensor x = tape.get(INPUT);
            Tensor attentionInput = attention.needsInput() ? before(norms.beforeAttention(), x) : null;
            Tensor dAttended = afterBackward(norms.afterAttention(), dh, ATTENDED, tape);
            Tensor dx = beforeBackward(
                    norms.beforeAttention(), attention.backward(dAttended, attentionInput, flow.positions(), tape), x);
            return scope.keep(dx.add_(dh));
        }
    }

    /** Gradient of a layer's output in the product dtype. */
    private Tensor afterBackward(@Nullable Norm norm, Tensor dy, String saved, Tape tape) {
        Tensor scaled = layers.residualMultiplier() == 1 ? dy : dy.mul(Torch.scalar(layers.residualMultiplier()));
        return Torch.to(norm == null ? scaled : norm.backward(scaled, tape.get(saved)), policy.product());
    }

    /** Gradient of {@link #before} in the hidden dtype. */
    private static Tensor beforeBackward(@Nullable Norm norm, Tensor dInput, Tensor x) {
        return norm == null ? Torch.to(dInput, DType.of(x)) : norm.backward(dInput, x);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Layers layers() {
        return layers;
    }
}
