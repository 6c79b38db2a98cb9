package dev.finetune4j.core.config.training;

import dev.finetune4j.core.config.declare.Check;
import dev.finetune4j.core.config.declare.Choices;
import dev.finetune4j.core.config.declare.Default;
import dev.finetune4j.core.config.declare.Later;

/**
 * The update rule.
 *
 * @param optim {@code adamw_torch} and {@code adamw_torch_fused} are the same fused AdamW; {@code sgd} is plain
 *     gradient descent. Default: adamw_torch
 * @param learningRate highest rate of the schedule; ≥ 0. Default: 5e-5
 * @param weightDecay decoupled decay of weights, not of biases and norms; ≥ 0. Default: 0
 * @param adamBeta1 decay of AdamW's first moment; in [0, 1). Default: 0.9
 * @param adamBeta2 decay of AdamW's second moment; in [0, 1). Default: 0.999
 * @param adamEpsilon added to AdamW's denominator; ≥ 0. Default: 1e-8
 * @param maxGradNorm gradients are scaled down to this global L2 norm; 0 switches clipping off. Default: 1
 * @param labelSmoothingFactor share of the target spread evenly over the vocabulary; in [0, 1). Default: 0
 */
public record OptimizationArguments(
        @Choices({"adamw_torch", "adamw_torch_fused", "sgd"})
        @Later({
            "adamw_torch_xla",
            "adamw_torch_npu_fused",
            "adamw_apex_fused",
            "adafactor",
            "adamw_anyprecision",
            "adamw_torch_4bit",
            "adamw_torch_8bit",
            "ademamix",
            "ademamix_8bit",
            "paged_ademamix_32bit",
            "paged_ademamix_8bit",
            "adagrad",
            "adamw_bnb_8bit",
            "adamw_8bit",
            "lion_8bit",
            "lion_32bit",
            "paged_adamw_32bit",
            "paged_adamw_8bit",
            "paged_lion_32bit",
            "paged_lion_8bit",
            "rmsprop",
            "rmsprop_bnb",
            "rmsprop_bnb_8bit",
            "rmsprop_bnb_32bit",
            "galore_adamw",
            "galore_adamw_8bit",
            "galore_adafactor",
            "galore_adamw_layerwise",
            "galore_adamw_8bit_layerwise",
            "galore_adafactor_layerwise",
            "lomo",
            "adalomo",
            "grokadamw",
            "schedule_free_radam",
            "schedule_free_adamw",
            "schedule_free_sgd",
            "apollo_adamw",
            "apollo_adamw_layerwise",
            "stable_adamw"
        })
        @Default("adamw_torch")
        String optim,

        @Default("5e-5") double learningRate,
        @Default("0") double weightDecay,
        @Default("0.9") double adamBeta1,
        @Default("0.999") double adamBeta2,
        @Default("1e-8") double adamEpsilon,
        @Default("1") double maxGradNorm,
        @Default("0") double labelSmoothingFactor) {
    public OptimizationArguments {
        new Check()
                .atLeast("learning_rate", learningRate, 0)
                .atLeast("weight_decay", weightDecay, 0)
                .inRange("adam_beta1", adamBeta1, 0, 1)
                .inRange("adam_beta2", adamBeta2, 0, 1)
                .atLeast("adam_epsilon", adamEpsilon, 0)
                .atLeast("max_grad_norm", maxGradNorm, 0)
                .inRange("label_smoothing_factor", labelSmoothingFactor, 0, 1)
                .done();
    }
}
