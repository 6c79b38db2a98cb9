package dev.finetune4j.core.model.layers;

import dev.finetune4j.core.error.UnsupportedException;
import dev.finetune4j.core.model.AttentionLayout;
import dev.finetune4j.core.model.config.ModelConfig.AttentionConfig;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import org.bytedeco.pytorch.Tensor;

/** The kernels there are, and the self-test that picks one for a device and dtype. */
public final class AttentionKernels {
    private static final int TEST_TOKENS = 256;
    private static final int ROUNDS = 3;
    private static final double MARGIN = 1.25;

    private AttentionKernels() {}

    /** The kernel of that name, as a checkpoint remembers it. */
    public static AttentionKernel named(String name) {
        return switch (name) {
            case "fused" -> new FusedAttention();
            case "chunked" -> new ChunkedAttention();
            default ->
                throw new UnsupportedException(
                        "No attention kernel is called \"" + name + "\". Known: chunked, fused.");
        };
    }

    /**
     * The faster kernel for one forward and backward over a document of 256 tokens, in the shape of the model. The chunked
     * one must be faster by a quarter: kernels differ by much more where the choice matters, and what is left is noise, which
     * must not make two equal runs differ in their last bits.
     */
    public static AttentionKernel fastest(AttentionConfig config, DType dtype, Device device) {
        AttentionKernel chunked = new ChunkedAttention();
        if (device.isCuda()) {
            return chunked;
        }
        AttentionKernel fused = new FusedAttention();
        return seconds(chunked, config, dtype) * MARGIN < seconds(fused, config, dtype) ? chunked : fused;
    }

    private static double seconds(AttentionKernel kernel, AttentionConfig config, DType dtype) {
        int[] positions = new int[TEST_TOKENS];
        AttentionLayout layout =
                new AttentionLayout(new int[] {0}, new int[] {TEST_TOKENS}, positions, new int[] {TEST_TOKENS});
        double best = Double.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            try (Scope scope = Scope.open("attention self-test")) {
                Tensor q = Torch.zeros(dtype, Device.CPU, TEST_TOKENS, config.heads(), config.headDim());
                Tensor k = Torch.zeros(dtype, Device.CPU, TEST_TOKENS, config.keyValueHeads(), config.headDim());
                long start = System.nanoTime();
                AttentionKernel.Result result = kernel.forward(q, k, k, layout, 0);
                AttentionKernel.Inputs inputs = new AttentionKernel.Inputs(q, k, k);
                kernel.backward(q, inputs, result, layout, 0, inputs.emptyLike());
                best = Math.min(best, (System.nanoTime() - start) / 1e9);
            }
        }
        return best;
    }
}
