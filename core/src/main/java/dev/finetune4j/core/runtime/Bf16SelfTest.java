package dev.finetune4j.core.runtime;

import org.bytedeco.pytorch.Tensor;

/**
 * Whether a device multiplies bf16 at least as fast as fp32, found by a product of 512 × 1024 × 1024 in each: a few
 * milliseconds where bf16 is fast. CPUs without bf16 instructions need eight times as long as in fp32.
 */
public final class Bf16SelfTest {
    private static final int ROUNDS = 3;

    private Bf16SelfTest() {}

    /**
     * What was measured.
     *
     * @param fp32Seconds best time of the fp32 product
     * @param bf16Seconds best time of the bf16 product
     */
    public record Result(double fp32Seconds, double bf16Seconds) {
        public boolean fast() {
            return bf16Seconds <= fp32Seconds;
        }
    }

    public static Result run(Device device) {
        return new Result(seconds(device, DType.FLOAT32), seconds(device, DType.BFLOAT16));
    }

    private static double seconds(Device device, DType dtype) {
        try (Scope scope = Scope.open("bf16 self-test")) {
            Tensor x = Torch.zeros(dtype, device, 512, 1024);
            Tensor w = Torch.zeros(dtype, device, 1024, 1024);
            double best = Double.MAX_VALUE;
            for (int i = 0; i < ROUNDS; i++) {
                long start = System.nanoTime();
                Torch.product(x, w, null);
                Torch.synchronize(device);
                best = Math.min(best, (System.nanoTime() - start) / 1e9);
            }
            return best;
        }
    }
}
