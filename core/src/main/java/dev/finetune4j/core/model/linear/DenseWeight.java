package dev.finetune4j.core.model.linear;

import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.weights.Parameter;
import dev.finetune4j.core.weights.Weight;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/** A matrix kept as an ordinary tensor; converted into the workspace where it is multiplied in another dtype. */
public final class DenseWeight implements Weight {
    private final Parameter parameter;
    private final Workspace workspace;

    public DenseWeight(Parameter parameter, Workspace workspace) {
        this.parameter = parameter;
        this.workspace = workspace;
    }

    private StoredMatrix matrix() {
        return new StoredMatrix(parameter.value(), workspace);
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
    public Tensor dense(DType dtype) {
        return Torch.to(parameter.value(), dtype);
    }

    @Override
    public void plus(Tensor delta) {
        // The stored tensor may be a view of a mapped file; a new one leaves the file's pages alone.
        try (Scope scope = Scope.open("merge")) {
            Tensor sum =
                    Torch.copy(parameter.value(), parameter.gradientDType()).add_(delta);
            parameter.replace(Torch.to(sum, parameter.dtype()));
        }
    }

    @Override
    public long out() {
        return parameter.value().size(0);
    }

    @Override
    public long in() {
        return parameter.value().size(1);
    }

    @Override
    public long bytes() {
        return parameter.bytes();
    }

    Workspace workspace() {
        return workspace;
    }

    @Override
    public Parameter parameter() {
        return parameter;
    }
}
