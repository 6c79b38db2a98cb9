package dev.finetune4j.core.model.experts;

import dev.finetune4j.core.model.layers.Activation;
import dev.finetune4j.core.model.linear.Columns;
import dev.finetune4j.core.runtime.Torch;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** What stands between an expert's two products. A pair; results lie in the caller's scope. */
interface Gating {
    /**
     * @param inner what the gate alone gives
     * @param value the input of the last map
     */
    record Activated(Tensor inner, Tensor value) {}

    /** @param gate and {@code up} {@code [tokens, width]}, unchanged */
    Activated forward(Tensor gate, Tensor up);

    /**
     * Fills the gradients of gate and up.
     *
     * @param da gradient of the value, overwritten
     * @param inner of {@link #forward}, overwritten
     * @param gateUp gate and up as forward got them
     * @param into gradients of gate and up
     */
    void backward(Tensor da, Tensor inner, Columns gateUp, Columns into);

    /** {@code act(gate) · up}. */
    record Plain(Activation activation) implements Gating {
        @Override
        public Activated forward(Tensor gate, Tensor up) {
            Tensor inner = activation.forward(gate, torch.empty_like(gate));
            return new Activated(inner, inner.mul(up));
        }

        @Override
        public void backward(Tensor da, Tensor inner, Columns gateUp, Columns into) {
            torch.mul_out(into.part(1), inner, da);
            activation.backward(da.mul_(gateUp.part(1)), gateUp.part(0), into.part(0));
        }
    }

    /**
     * {@code (u + 1) · g σ(1.702 g)} with {@code g = min(gate, 7)} and {@code u = up} between -7 and 7 (gpt-oss). The slope
     * of g σ(1.702 g) is {@code σ + 1.702 g σ (1 − σ)}; beyond the bounds all slopes are zero.
     */
    record Clamped() implements Gating {
        private static final double SHARPNESS = 1.702;
        private static final double BOUND = 7;

        @Override
        public Activated forward(Tensor gate, Tensor up) {
            Tensor g = gate.clamp_max(scalar(BOUND));
            Tensor inner = sigmoid(g).mul_(g);
            return new Activated(inner, inner.mul(upPlusOne(up)));
        }

        @Override
        public void backward(Tensor da, Tensor inner, Columns gateUp, Columns into) {
            Tensor gate = gateUp.part(0);
            Tensor up = gateUp.part(1);
            torch.mul_out(into.part(1), inner, da).masked_fill_(up.abs().gt(scalar(BOUND)), scalar(0));
            Tensor g = gate.clamp_max(scalar(BOUND));
            Tensor s = sigmoid(g);
            // σ (1 + 1.702 g (1 − σ)) = σ + 1.702 (g σ − g σ σ), and g σ is what forward called inner.
            Tensor slope = s.add(inner.sub_(inner.mul(s)), scalar(SHARPNESS));
            torch.mul_out(into.part(0), slope.mul_(upPlusOne(up)), da).masked_fill_(gate.gt(scalar(BOUND)), scalar(0));
        }

        private static Tensor sigmoid(Tensor g) {
            return g.mul(scalar(SHARPNESS)).sigmoid_();
        }

        private static Tensor upPlusOne(Tensor up) {
            return up.clamp(new ScalarOptional(scalar(-BOUND)), new ScalarOptional(scalar(BOUND)))
                    .add_(scalar(1));
        }

        private static Scalar scalar(double value) {
            return Torch.scalar(value);
        }
    }
}
