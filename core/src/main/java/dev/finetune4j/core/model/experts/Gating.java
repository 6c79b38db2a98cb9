package dev.finetune4j.core.model.experts;

import dev.finetune4j.core.model.layers.Activation;
import dev.finetune4j.core.model.projection.Columns;
import dev.finetune4j.core.runtime.Torch;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * What stands between an expert's two products: {@code a = inner(gate) · factor(up)}. A pair; results lie in the caller's
 * scope.
 */
interface Gating {
    /** {@code [tokens, width]} in memory of its own. */
    Tensor inner(Tensor gate);

    /** Possibly the argument itself. */
    Tensor factor(Tensor up);

    /**
     * Turns {@code d = da · inner} into the gradient of up, in place, and fills the gradient of gate.
     *
     * @param da gradient of a, overwritten
     * @param inner overwritten
     * @param gateUp gate and up, unchanged
     * @param into the gradients: room for gate's, and d
     */
    void backward(Tensor da, Tensor inner, Columns gateUp, Columns into);

    /** {@code act(gate) · up}. */
    record Plain(Activation activation) implements Gating {
        @Override
        public Tensor inner(Tensor gate) {
            return activation.forward(gate, torch.empty_like(gate));
        }

        @Override
        public Tensor factor(Tensor up) {
            return up;
        }

        @Override
        public void backward(Tensor da, Tensor inner, Columns gateUp, Columns into) {
            activation.backward(da.mul_(gateUp.part(1)), gateUp.part(0), into.part(0));
        }
    }

    /**
     * {@code g σ(1.702 g) · (u + 1)} with {@code g = min(gate, 7)} and {@code u = up} between -7 and 7 (gpt-oss). The slope
     * of g σ(1.702 g) is {@code σ + 1.702 g σ (1 − σ)}; beyond the bounds all slopes are zero.
     */
    record Clamped() implements Gating {
        private static final double SHARPNESS = 1.702;
        private static final double BOUND = 7;

        @Override
        public Tensor inner(Tensor gate) {
            Tensor g = gate.clamp_max(scalar(BOUND));
            return sigmoid(g).mul_(g);
        }

        @Override
        public Tensor factor(Tensor up) {
            return up.clamp(new ScalarOptional(scalar(-BOUND)), new ScalarOptional(scalar(BOUND)))
                    .add_(scalar(1));
        }

        @Override
        public void backward(Tensor da, Tensor inner, Columns gateUp, Columns into) {
            Tensor gate = gateUp.part(0);
            Tensor up = gateUp.part(1);
            into.part(1).masked_fill_(up.abs().gt(scalar(BOUND)), scalar(0));
            Tensor s = sigmoid(gate.clamp_max(scalar(BOUND)));
            // σ + 1.702 (g σ − g σ σ), and g σ is what forward called inner.
            Tensor slope = s.add(inner.sub_(inner.mul(s)), scalar(SHARPNESS));
            torch.mul_out(into.part(0), slope.mul_(factor(up)), da).masked_fill_(gate.gt(scalar(BOUND)), scalar(0));
        }

        private static Tensor sigmoid(Tensor g) {
            return g.mul(scalar(SHARPNESS)).sigmoid_();
        }

        private static Scalar scalar(double value) {
            return Torch.scalar(value);
        }
    }
}
