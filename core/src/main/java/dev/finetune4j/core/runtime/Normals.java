package dev.finetune4j.core.runtime;

import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Normal draws, each tensor from a generator of its own, keyed by a seed and the tensor's name: none depends on which others
 * are drawn, nor on the device, since all are drawn on the CPU. Immutable.
 */
public final class Normals {
    private final long seed;

    public Normals(long seed) {
        this.seed = seed;
    }

    /** Fp32 on the CPU with mean 0, in the caller's scope. */
    public Tensor draw(String name, double deviation, long... shape) {
        GeneratorOptional generator = new GeneratorOptional(torch.make_generator_cpu(key(name)));
        return Torch.empty(DType.FLOAT32, Device.CPU, shape).normal_(0, deviation, generator);
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
