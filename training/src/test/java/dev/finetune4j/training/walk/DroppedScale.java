package dev.finetune4j.training.walk;

import dev.finetune4j.core.model.Tape;
import dev.finetune4j.core.model.linear.Linear;
import dev.finetune4j.core.model.linear.LinearAdapter;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.weights.Parameter;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The smallest adapter with dropout: {@code y = W (x + drop(x) · s)}, s {@code [in]} learned. Shows whether the draws of a
 * block that is run again, of a split batch and of a whole one are the same.
 */
final class DroppedScale implements LinearAdapter {
    private final Parameter scale;
    private final double probability;

    DroppedScale(Linear linear, double probability) {
        this.probability = probability;
        try (Scope scope = Scope.open("scale")) {
            long in = linear.weight().dense(DType.FLOAT32).size(1);
            Tensor value = Torch.zeros(DType.FLOAT32, Device.CPU, in).add_(Torch.scalar(0.5));
            scale = new Parameter(linear.name() + ".scale", value);
        }
    }

    @Override
    public Tensor forward(Tensor x, Linear linear, Tape tape) {
        try (Scope scope = Scope.open("dropped scale")) {
            Tensor dropped = tape.draws().active() ? x.mul(factors(x, linear, tape)) : x;
            return scope.keep(linear.plain(dropped.mul(scale.value()).add_(x)));
        }
    }

    @Override
    public Tensor backward(Tensor dy, @Nullable Tensor x, Linear linear, Tape tape) {
        try (Scope scope = Scope.open("dropped scale backward")) {
            Tensor input = java.util.Objects.requireNonNull(x);
            Tensor factors = factors(input, linear, tape);
            Tensor scaled = input.mul(factors).mul_(scale.value()).add_(input);
            Tensor inner = linear.plainBackward(dy, scaled);
            scale.accumulate(inner.mul(input).mul_(factors).sum(0));
            return scope.keep(inner.mul(factors).mul_(scale.value()).add_(inner));
        }
    }

    private Tensor factors(Tensor x, Linear linear, Tape tape) {
        return tape.draws().dropout(linear.name(), probability, x.size(1), DType.of(x), Torch.device(x));
    }

    @Override
    public boolean needsInput() {
        return true;
    }

    @Override
    public void merge(Linear linear) {
        throw new UnsupportedOperationException("a test has no use for it");
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(scale);
    }
}
