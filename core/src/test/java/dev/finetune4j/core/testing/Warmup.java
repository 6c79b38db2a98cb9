package dev.finetune4j.core.testing;

import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import java.util.List;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/** Touches every operator that is looked up once and kept for the life of the process. */
public final class Warmup {
    private Warmup() {}

    public static void run() {
        try (Scope scope = Scope.open("warm-up");
                NoGradGuard noGrad = new NoGradGuard()) {
            Tensor x = Torch.zeros(DType.FLOAT32, Device.CPU, 2, 4);
            Torch.product(x, x, null);
            Tensor step = Torch.zeros(DType.FLOAT32, Device.CPU);
            Tensor p = x.clone();
            Torch.fusedAdamW(
                    List.of(
                            List.of(p),
                            List.of(x),
                            List.of(x.clone()),
                            List.of(x.clone()),
                            List.of(step.add_(Torch.scalar(1)))),
                    new double[] {0, 0.9, 0.999, 0, 1e-8});
            Tensor q = Torch.zeros(DType.FLOAT32, Device.CPU, 1, 1, 2, 4);
            Tensor[] out = Torch.flash(q, q, q, null, 1);
            Torch.flashBackward(q, new Tensor[] {q, q, q}, out, null, 1);
        }
    }
}
