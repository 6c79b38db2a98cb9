package dev.finetune4j.core.config.finetuning;

import dev.finetune4j.core.config.declare.Check;
import dev.finetune4j.core.config.declare.Default;
import dev.finetune4j.core.config.declare.Later;
import org.jspecify.annotations.Nullable;

/**
 * What is trained and what is measured.
 *
 * @param stage {@code pt} trains on every token of plain text, {@code sft} on the responses of conversations. Default:
 *     sft
 * @param finetuningType {@code full} changes all parameters, {@code freeze} some layers, {@code lora} low-rank updates
 *     beside frozen weights. Default: lora
 * @param pureBf16 keep trainable parameters and optimizer state in the checkpoint's own dtype and compute in bf16,
 *     instead of raising them to fp32. Default: false
 * @param disableShuffling read the training rows in their order. Default: false
 * @param computeAccuracy at evaluation, the share of label tokens whose arg max is right, averaged over samples
 *     ({@code eval_accuracy}); {@code stage: sft}. Default: false
 * @param computeExactMatch at evaluation, the share of samples whose every label token is the arg max
 *     ({@code eval_exact_match}), which is what greedy decoding would answer. Default: false
 * @param plotLoss write {@code training_loss.png} at the end. Default: false
 * @param includeEffectiveTokensPerSecond add {@code effective_tokens_per_sec} to the results of training; {@code stage:
 *     sft}. Default: false
 * @param earlyStoppingSteps stop after this many evaluations without a better {@code metric_for_best_model}; ≥ 1.
 *     Default: none
 * @param compat {@code llamafactory} asks for LLaMA-Factory's own behaviour where this library's is deliberately
 *     another; the places are listed in the compatibility register. Default: none
 * @param adapter what every kind of adapter shares
 * @param lora how much of each projection LoRA may change
 * @param freeze which layers freeze tuning trains
 */
public record FinetuningArguments(
        @Later({"rm", "ppo", "dpo", "kto"}) @Default("sft") Stage stage,
        @Later("oft") @Default("lora") FinetuningType finetuningType,
        @Default("false") boolean pureBf16,
        @Default("false") boolean disableShuffling,
        @Default("false") boolean computeAccuracy,
        @Default("false") boolean computeExactMatch,
        @Default("false") boolean plotLoss,
        @Default("false") boolean includeEffectiveTokensPerSecond,
        @Nullable Integer earlyStoppingSteps,
        @Default("none") Compat compat,
        AdapterArguments adapter,
        LoraArguments lora,
        FreezeArguments freeze) {
    public FinetuningArguments {
        new Check().atLeast("early_stopping_steps", earlyStoppingSteps, 1).done();
    }
}
