package dev.finetune4j.core.testing;

import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Random tensors that are the same in every run. Each draw differs from the one before. */
public final class Randoms {
    private final long seed;
    private int drawn;

    public Randoms(long seed) {
        this.seed = seed;
    }

    /** Standard normal, fp32; owned by the caller's scope. */
    public Tensor normal(long... shape) {
        try (Scope scope = Scope.open("random")) {
            Generator generator = torch.make_generator_cpu(1_000 * seed + drawn++);
            return scope.keep(
                    Torch.zeros(DType.FLOAT32, Device.CPU, shape).normal_(0, 1, new GeneratorOptional(generator)));
        }
    }

    /** Normal around one, as trained norm weights are. */
    public Tensor aroundOne(long... shape) {
        try (Scope scope = Scope.open("random")) {
            return scope.keep(normal(shape).mul_(Torch.scalar(0.2)).add_(Torch.scalar(1)));
        }
    }
}
