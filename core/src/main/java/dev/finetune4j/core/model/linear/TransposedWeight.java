package dev.finetune4j.core.model.linear;

import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.weights.Parameter;
import dev.finetune4j.core.weights.Weight;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/** A matrix that its checkpoint holds as {@code [in, out]}, as GPT-2's do. Its parameter and its gradient keep that shape. */
public final class TransposedWeight implements Weight {
    private final Parameter parameter;
    private final Workspace workspace;

    public TransposedWeight(Parameter parameter, Workspace workspace) {
        this.parameter = parameter;
        this.workspace = workspace;
    }

    private StoredMatrix matrix() {
        return new StoredMatrix(parameter.value().t(), workspace);
    }

    @Override
    public Tensor multiply(Tensor x, @Nullable Tensor bias, @Nullable Tensor plus) {
        return matrix().multiply(x, bias, plus);
    }

    @Override
    public Tensor multiplyUpdated(Tensor x, @Nullable Tensor bias, Tensor b, Tensor a) {
        return matrix().multiplyUpdated(x, bias, b, a);
    }

    @Override
    public Tensor multiplyTransposed(Tensor dy, @Nullable Tensor plus) {
        return matrix().multiplyTransposed(dy, plus);
    }

    @Override
    public void accumulate(Tensor dy, Tensor x) {
        try (Scope scope = Scope.open("weight gradient")) {
            parameter.accumulate(Torch.product(x.t(), dy.t(), null));
        }
    }

    @Override
    public Tensor dense(DType dtype) {
        return Torch.to(parameter.value(), dtype).t();
    }

    @Override
    public void plus(Tensor delta) {
        try (Scope scope = Scope.open("merge")) {
            Tensor sum =
                    Torch.copy(parameter.value(), parameter.gradientDType()).add_(delta.t());
            parameter.replace(Torch.to(sum, parameter.dtype()));
        }
    }

    @Override
    public long out() {
        return parameter.value().size(1);
    }

    @Override
    public long in() {
        return parameter.value().size(0);
    }

    @Override
    public long bytes() {
        return parameter.bytes();
    }

    @Override
    public Parameter parameter() {
        return parameter;
    }
}
