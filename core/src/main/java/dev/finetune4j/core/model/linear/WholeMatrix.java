package dev.finetune4j.core.model.linear;

import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.weights.Parameter;
import org.bytedeco.pytorch.Tensor;

/** A matrix that is a parameter of its own. */
abstract class WholeMatrix extends MatrixWeight {
    private final Parameter parameter;

    WholeMatrix(Parameter parameter, boolean transposed, Workspace workspace) {
        super(transposed, workspace);
        this.parameter = parameter;
    }

    @Override
    final Tensor stored() {
        return parameter.value();
    }

    @Override
    public void accumulate(Tensor dy, Tensor x) {
        try (Scope scope = Scope.open("weight gradient")) {
            parameter.accumulate(gradient(dy, x));
        }
    }

    @Override
    public void plus(Tensor delta) {
        // The stored tensor may be a view of a mapped file; a new one leaves the file's pages alone.
        try (Scope scope = Scope.open("merge")) {
            Tensor sum =
                    Torch.copy(parameter.value(), parameter.gradientDType()).add_(turned(delta));
            parameter.replace(Torch.to(sum, parameter.dtype()));
        }
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
