package dev.finetune4j.adapters.lora;

import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Torch;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Factors of an untrained adapter. A is Kaiming-uniform with negative slope √5, which is {@code U(−1/√in, 1/√in)}; B is zero,
 * so that a fresh adapter changes nothing. Each A draws from a generator of its own, keyed by the seed and its name, so that
 * it does not depend on which other modules are adapted.
 */
final class FreshFactors {
    private final long seed;
    private final Device device;

    FreshFactors(long seed, Device device) {
        this.seed = seed;
        this.device = device;
    }

    /** {@code [rank, in]} in {@code dtype}; in the caller's scope. */
    Tensor a(String name, long rank, long in, DType dtype) {
        Tensor a = Torch.empty(dtype == DType.FLOAT64 ? dtype : DType.FLOAT32, Device.CPU, rank, in);
        double bound = 1 / Math.sqrt(in);
        a.uniform_(-bound, bound, new GeneratorOptional(torch.make_generator_cpu(key(name))));
        return device.isCuda() ? a.to(device.toNative(), dtype.scalarType()) : Torch.to(a, dtype);
    }

    /** {@code [out, rank]} in {@code dtype}; in the caller's scope. */
    Tensor b(long out, long rank, DType dtype) {
        return Torch.zeros(dtype, device, out, rank);
    }

    /** FNV-1a over the name's characters (Fowler, Noll, Vo), begun at a basis that the seed moves. */
    private long key(String name) {
        long hash = 0xcbf29ce484222325L ^ (seed * 0x9e3779b97f4a7c15L);
        for (int i = 0; i < name.length(); i++) {
            hash = (hash ^ name.charAt(i)) * 0x100000001b3L;
        }
        return (hash ^ (hash >>> 29)) & Long.MAX_VALUE;
    }
}
