package dev.finetune4j.core.runtime;

/**
 * In which dtypes a model computes; storage is a decision of its own.
 *
 * @param hidden dtype of the hidden states between layers
 * @param product dtype in which linear maps and attention multiply; weights stored in another dtype are converted into one
 *     reused buffer, product by product
 * @param reason a sentence for the plan and for {@code env}
 */
public record ComputePolicy(DType hidden, DType product, String reason) {
    public static final ComputePolicy FP32 = new ComputePolicy(DType.FLOAT32, DType.FLOAT32, "computes in float32");
    public static final ComputePolicy FP64 = new ComputePolicy(DType.FLOAT64, DType.FLOAT64, "computes in float64");

    /**
     * The policy for a request. fp32 unless bf16 is asked for; whether the processor multiplies bf16 well only decides
     * whether the request is computed in bf16 or widened to fp32.
     *
     * @param mixed the user set {@code bf16}: hidden states stay fp32, products are bf16
     * @param pure the checkpoint or {@code pure_bf16} asks for bf16 throughout
     * @param fastBf16 outcome of {@link Bf16SelfTest}
     */
    public static ComputePolicy choose(boolean mixed, boolean pure, boolean fastBf16) {
        if (!mixed && !pure) {
            return FP32;
        }
        if (!fastBf16) {
            return new ComputePolicy(
                    DType.FLOAT32,
                    DType.FLOAT32,
                    "bf16 was asked for; this processor multiplies bf16 slower than float32, so weights are widened to "
                            + "float32 product by product");
        }
        return pure
                ? new ComputePolicy(DType.BFLOAT16, DType.BFLOAT16, "computes in bfloat16")
                : new ComputePolicy(
                        DType.FLOAT32, DType.BFLOAT16, "multiplies in bfloat16, keeps hidden states in float32");
    }
}
