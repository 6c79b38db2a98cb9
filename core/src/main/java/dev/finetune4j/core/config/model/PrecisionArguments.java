package dev.finetune4j.core.config.model;

import dev.finetune4j.core.config.declare.Default;
import dev.finetune4j.core.config.declare.Equivalent;

/**
 * In which dtypes weights are held where that is not the checkpoint's own. What trains is raised to float32 without any of
 * these, unless {@code pure_bf16} is set.
 *
 * @param upcastLayernorm hold norm weights in float32: every parameter of one dimension whose name contains {@code norm}
 *     or {@code ln}. Default: false
 * @param upcastLmheadOutput float32 logits, which the head gives anyway. Default: false
 * @param inferDtype dtype of all weights in a run that only evaluates: {@code auto} is the checkpoint's;
 *     {@code bfloat16} also computes in it where the processor is fast at that, {@code float16} rounds the weights and
 *     computes in float32. Default: auto
 */
public record PrecisionArguments(
        @Default("false") boolean upcastLayernorm,

        @Equivalent("the head's logits are float32 whatever else is computed in") @Default("false")
        boolean upcastLmheadOutput,

        @Default("auto") InferDType inferDtype) {}
