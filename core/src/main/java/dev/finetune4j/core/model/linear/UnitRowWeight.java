package dev.finetune4j.core.model.linear;

import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.weights.Parameter;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * A matrix whose rows are brought to length one before they multiply, as the head of Baichuan 2:
 * {@code y = (x Wᵀ) · s} with {@code s = 1 / max(‖w‖, 1e-12)} for each row.
 *
 * <p>Gradients: {@code dx = (dy · s) W}, and with {@code g = (dy · s)ᵀ x}, {@code dW = g − s² · w · Σ(g · w)}.
 */
public final class UnitRowWeight extends WholeMatrix {
    private static final double SMALLEST = 1e-12;

    private final Parameter parameter;

    public UnitRowWeight(Parameter parameter, Workspace workspace) {
        super(parameter, false, workspace);
        this.parameter = parameter;
    }

    /** s, {@code [out]}. */
    private Tensor inverseLengths(DType dtype) {
        Tensor wide = Torch.to(parameter.value(), parameter.gradientDType());
        Tensor lengths =
                torch.linalg_vector_norm(wide, Torch.scalar(2), new long[] {1}, false, new ScalarTypeOptional());
        return Torch.to(lengths.clamp_min_(Torch.scalar(SMALLEST)).reciprocal_(), dtype);
    }

    @Override
    public Tensor multiply(Tensor x, @Nullable Tensor bias, @Nullable Tensor plus) {
        try (Scope scope = Scope.open("unit rows")) {
            Tensor y = super.multiply(x, null, null).mul_(inverseLengths(DType.of(x)));
            if (bias != null) {
                y.add_(bias);
            }
            return scope.keep(plus == null ? y : y.add_(plus));
        }
    }

    @Override
    public Tensor multiplyUpdated(Tensor x, @Nullable Tensor bias, Tensor b, Tensor a) {
        try (Scope scope = Scope.open("unit rows")) {
            return scope.keep(multiply(x, bias, Torch.product(Torch.product(x, a, null), b, null)));
        }
    }

    @Override
    public Tensor multiplyTransposed(Tensor dy, @Nullable Tensor plus) {
        try (Scope scope = Scope.open("unit rows backward")) {
            return scope.keep(super.multiplyTransposed(dy.mul(inverseLengths(DType.of(dy))), plus));
        }
    }

    @Override
    public void accumulate(Tensor dy, Tensor x) {
        try (Scope scope = Scope.open("weight gradient")) {
            DType wide = parameter.gradientDType();
            Tensor s = inverseLengths(wide).unsqueeze(1);
            Tensor g = Torch.to(Torch.product(dy.t(), x.t(), null), wide).mul_(s);
            Tensor w = Torch.to(parameter.value(), wide);
            Tensor along = g.mul(w)
                    .sum(new long[] {1}, true, new ScalarTypeOptional())
                    .mul_(s)
                    .mul_(s);
            parameter.accumulate(g.addcmul_(w, along, Torch.scalar(-1)));
        }
    }

    @Override
    public Tensor dense(DType dtype) {
        try (Scope scope = Scope.open("unit rows")) {
            return scope.keep(
                    Torch.to(parameter.value(), dtype).mul(inverseLengths(dtype).unsqueeze(1)));
        }
    }

    @Override
    public void plus(Tensor delta) {
        try (Scope scope = Scope.open("merge")) {
            Tensor sum = dense(parameter.gradientDType()).add(delta);
            parameter.replace(Torch.to(sum, parameter.dtype()));
        }
    }
}
