package dev.finetune4j.core.model.attention;

import dev.finetune4j.core.error.UnsupportedException;
import dev.finetune4j.core.model.AttentionLayout;
import dev.finetune4j.core.model.config.AttentionConfig;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import org.bytedeco.pytorch.Tensor;

/** The kernels there are, and the self-test that picks one for a device and dtype. */
public final class AttentionKernels {
    private static final int TEST_TOKENS = 256;
    private static final int LEAST_ROUNDS = 4;
    private static final int MOST_ROUNDS = 12;
    private static final double ENOUGH_SECONDS = 0.25;
    /** How many times faster than the fused kernel the chunked one must be in fp32. */
    private static final double CHUNKED_MARGIN = 1.25;
    /**
     * How many times faster than the chunked kernel the fused one must be in bf16, where it was two to thirteen times slower on
     * processors with bf16 instructions: as fast only where other programs hold up the chunked one's many small products.
     */
    private static final double FUSED_MARGIN = 4;

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
     * The faster kernel for one forward and backward over a document of 256 tokens, in the shape of the model. One of them is
     * expected to win, the fused one in fp32 and the chunked one in bf16, and the other must beat it clearly: kernels differ
     * by much where the choice matters, and what is left is noise, which must not make two equal runs differ in their last
     * bits. For the same reason each kernel's best of several rounds counts, and the rounds alternate: in the first ones
     * classes are loaded and threads are started, and a busy machine disturbs both alike.
     */
    public static AttentionKernel fastest(AttentionConfig config, DType dtype, Device device) {
        AttentionKernel chunked = new ChunkedAttention();
        if (device.isCuda()) {
            return chunked;
        }
        AttentionKernel fused = new FusedAttention();
        double ofChunked = Double.MAX_VALUE;
        double ofFused = Double.MAX_VALUE;
        long start = System.nanoTime();
        for (int round = 0; round < MOST_ROUNDS && (round < LEAST_ROUNDS || since(start) < ENOUGH_SECONDS); round++) {
            ofChunked = Math.min(ofChunked, seconds(chunked, config, dtype));
            ofFused = Math.min(ofFused, seconds(fused, config, dtype));
        }
        boolean isFused =
                dtype == DType.BFLOAT16 ? ofFused * FUSED_MARGIN < ofChunked : ofFused <= ofChunked * CHUNKED_MARGIN;
        return isFused ? fused : chunked;
    }

    private static double seconds(AttentionKernel kernel, AttentionConfig config, DType dtype) {
        int[] positions = new int[TEST_TOKENS];
        AttentionLayout layout =
                new AttentionLayout(new int[] {0}, new int[] {TEST_TOKENS}, positions, new int[] {TEST_TOKENS});
        try (Scope scope = Scope.open("attention self-test")) {
            int queryDim = config.queryWidth() / config.heads();
            int keyHeads = config.keyWidth() / queryDim;
            Tensor q = Torch.zeros(dtype, Device.CPU, TEST_TOKENS, config.heads(), queryDim);
            Tensor k = Torch.zeros(dtype, Device.CPU, TEST_TOKENS, keyHeads, queryDim);
            Tensor v = Torch.zeros(dtype, Device.CPU, TEST_TOKENS, keyHeads, config.valueWidth() / keyHeads);
            AttentionRule rule = AttentionRule.plain(config.scale(), 0);
            long start = System.nanoTime();
            AttentionKernel.Result result = kernel.forward(q, k, v, layout, rule);
            AttentionKernel.Inputs inputs = new AttentionKernel.Inputs(q, k, v);
            kernel.backward(result.output(), inputs, result, layout, rule, inputs.emptyLike());
            return since(start);
        }
    }

    private static double since(long start) {
        return (System.nanoTime() - start) / 1e9;
    }
}
