package dev.finetune4j.core.model;

import dev.finetune4j.core.model.attention.SelfAttention;
import dev.finetune4j.core.model.layers.FeedForward;
import dev.finetune4j.core.model.layers.Norm;
import dev.finetune4j.core.model.linear.Workspace;
import dev.finetune4j.core.runtime.ComputePolicy;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Attention and feed-forward layer side by side on the block's input (Wang and Komatsuzaki 2021):
 * {@code y = x + r · (attention(n₁(x)) + mlp(n₃(x)))}; without n₃ both read {@code n₁(x)}.
 *
 * <p>On the tape: x beside what the layers save; norm outputs are computed again.
 */
public final class ParallelBlock implements Block {
    private static final String INPUT = "block.input";

    private final String name;
    private final Layers layers;
    private final Norm first;
    private final @Nullable Norm second;
    private final ComputePolicy policy;
    private final Workspace workspace;

    /** @param workspace where norm outputs lie, which are read within the block and made again for its backward pass */
    public ParallelBlock(String name, Layers layers, ComputePolicy policy, Workspace workspace) {
        this.name = name;
        this.layers = layers;
        this.first = Objects.requireNonNull(layers.norms().beforeAttention());
        this.second = layers.norms().beforeFeedForward();
        this.policy = policy;
        this.workspace = workspace;
    }

    @Override
    public Tensor forward(Flow flow, Tape tape) {
        try (Scope scope = Scope.open(name)) {
            Tensor x = flow.hidden();
            tape.put(INPUT, x);
            Tensor input = normed(first, x);
            Tensor sum = layers.attention().forward(input, flow.positions(), tape);
            sum.add_(layers.feedForward().forward(second == null ? input : normed(second, x), tape));
            if (layers.residualMultiplier() != 1) {
                sum.mul_(Torch.scalar(layers.residualMultiplier()));
            }
            return scope.keep(DType.of(sum) == DType.of(x) ? sum.add_(x) : x.add(sum));
        }
    }

    private Tensor normed(Norm norm, Tensor x) {
        return norm.forward(x, workspace.like(Workspace.Use.NORMED, x, policy.product()));
    }

    @Override
    public void replay(Flow flow, Tape tape) {
        tape.replay();
        try (Scope scope = Scope.open(name + " replay")) {
            Tensor x = tape.get(INPUT);
            Tensor input = normed(first, x);
            layers.attention().replay(input, flow.positions(), tape);
            layers.feedForward().replay(second == null ? input : normed(second, x), tape);
        }
    }

    @Override
    public Tensor backward(Tensor dy, Flow flow, Tape tape) {
        try (Scope scope = Scope.open(name + " backward")) {
            Tensor x = tape.get(INPUT);
            double r = layers.residualMultiplier();
            Tensor dSum = Torch.to(r == 1 ? dy : dy.mul(Torch.scalar(r)), policy.product());
            FeedForward feedForward = layers.feedForward();
            Norm own = second == null ? first : second;
            Tensor dFed = feedForward.backward(dSum, feedForward.needsInput() ? normed(own, x) : null, tape);
            SelfAttention attention = layers.attention();
            Tensor dInput =
                    attention.backward(dSum, attention.needsInput() ? normed(first, x) : null, flow.positions(), tape);
            Tensor dx = second == null
                    ? first.backward(dInput.add_(dFed), x)
                    : first.backward(dInput, x).add_(second.backward(dFed, x));
            return scope.keep(dx.add_(dy));
        }
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
