package dev.finetune4j.core.model.build;

import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Torch;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Weights for training from scratch, as transformers initialises its decoders: matrices normal with the config's standard
 * deviation, norms one, biases zero. Each tensor draws from a generator of its own, so that none depends on the others.
 */
final class FreshWeights {
    private final double deviation;
    private final long seed;

    FreshWeights(double deviation, long seed) {
        this.deviation = deviation;
        this.seed = seed;
    }

    /** An fp32 tensor in the caller's scope. */
    Tensor tensor(String name, long[] shape) {
        Tensor tensor = Torch.zeros(DType.FLOAT32, Device.CPU, shape);
        if (name.endsWith(".bias")) {
            return tensor;
        }
        if (shape.length == 1) {
            return tensor.fill_(Torch.scalar(1));
        }
        Generator generator = torch.make_generator_cpu(seed * 1_000_003L + name.hashCode());
        return tensor.normal_(0, deviation, new GeneratorOptional(generator));
    }
}
