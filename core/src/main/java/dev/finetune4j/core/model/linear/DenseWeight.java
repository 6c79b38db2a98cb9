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

    @Override
    public Tensor multiply(Tensor x, @Nullable Tensor bias, @Nullable Tensor plus) {
        DType dtype = DType.of(x);
        Tensor matrix = workspace.converted(parameter.value(), dtype);
        return Torch.product(x, matrix, bias == null ? null : Torch.to(bias, dtype), plus);
    }

    @Override
    public Tensor multiplyUpdated(Tensor x, @Nullable Tensor bias, Tensor b, Tensor a) {
        DType dtype = DType.of(x);
        Tensor sum = workspace.copied(parameter.value(), dtype).addmm_(b, a);
        return Torch.product(x, sum, bias == null ? null : Torch.to(bias, dtype));
    }

    @Override
    public Tensor multiplyTransposed(Tensor dy, @Nullable Tensor plus) {
        return Torch.product(
                dy, workspace.converted(parameter.value(), DType.of(dy)).t(), null, plus);
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
