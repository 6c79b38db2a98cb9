package dev.finetune4j.core.config.rules;

import dev.finetune4j.core.config.FineTuneArguments;
import dev.finetune4j.core.config.finetuning.FinetuningType;
import dev.finetune4j.core.config.finetuning.Stage;
import dev.finetune4j.core.config.model.VocabularyArguments;
import dev.finetune4j.core.config.training.EvaluationArguments;
import dev.finetune4j.core.config.training.IntervalStrategy;
import dev.finetune4j.core.config.training.SchedulerType;
import dev.finetune4j.core.config.training.TrainingArguments;
import java.util.LinkedHashMap;
import java.util.Map;

/** Which settings a run does not read because of others, and why. */
public final class Idle {
    private final Map<String, String> reasons = new LinkedHashMap<>();

    private Idle() {}

    /** Reason by key, for every key that has no effect beside these arguments, whether it was given or not. */
    public static Map<String, String> of(FineTuneArguments arguments) {
        Idle idle = new Idle();
        idle.vocabulary(arguments.model().vocabulary());
        idle.model(arguments);
        idle.tuning(arguments);
        idle.data(arguments);
        idle.steps(arguments.training());
        idle.best(arguments);
        return idle.reasons;
    }

    private void model(FineTuneArguments arguments) {
        boolean trains = arguments.training().trains();
        when(trains, "only a run that trains nothing reads it", "infer_dtype");
        when(!trains, "this run trains nothing", "moe_aux_loss_coef", "shift_attn", "activations", "use_unsloth_gc");
    }

    private void tuning(FineTuneArguments arguments) {
        FinetuningType type = arguments.finetuning().finetuningType();
        String lora = "only finetuning_type lora reads it";
        when(type != FinetuningType.LORA, lora, "lora_rank", "lora_alpha", "lora_dropout", "lora_target");
        when(type != FinetuningType.LORA, lora, "additional_target");
        when(
                type != FinetuningType.FREEZE,
                "only finetuning_type freeze reads it",
                "freeze_trainable_layers",
                "freeze_trainable_modules",
                "freeze_extra_modules");
        boolean goesOn = !arguments.model().adapterNameOrPath().isEmpty()
                && !arguments.finetuning().adapter().createNewAdapter();
        String adapter = "the adapter that is trained further says so itself";
        when(goesOn, adapter, "lora_rank", "lora_alpha", "lora_target", "use_rslora", "additional_target");
    }

    private void vocabulary(VocabularyArguments vocabulary) {
        when(
                vocabulary.newSpecialTokensConfig() != null,
                "new_special_tokens_config names the special tokens",
                "add_special_tokens");
        when(
                !vocabulary.namesTokens() && !vocabulary.resizeVocab(),
                "no token is added and resize_vocab is off",
                "init_special_tokens");
    }

    private void data(FineTuneArguments arguments) {
        Stage stage = arguments.finetuning().stage();
        String sft = "only stage sft reads it";
        when(stage != Stage.SFT, sft, "default_system", "tool_format", "compute_accuracy");
        when(stage != Stage.SFT, sft, "include_effective_tokens_per_second");
        when(!arguments.data().packing().packs(stage), "only packing reads it", "preprocessing_batch_size");
        when(!arguments.data().mixing().streaming(), "only streaming reads it", "buffer_size");
        when(arguments.data().tokenizing().tokenizedPath() == null, "only tokenized_path reads it", "overwrite_cache");
        when(arguments.data().packing().neatPacking(), "neat_packing packs anyway", "packing");
    }

    private void steps(TrainingArguments training) {
        when(training.batch().maxSteps() > 0, "max_steps says how long the run is", "num_train_epochs");
        when(training.schedule().warmupSteps() > 0, "warmup_steps says how long the warm-up is", "warmup_ratio");
        SchedulerType shape = training.schedule().lrSchedulerType();
        boolean flat = shape == SchedulerType.CONSTANT || shape == SchedulerType.REDUCE_LR_ON_PLATEAU;
        when(flat, "this lr_scheduler_type has no warm-up", "warmup_ratio", "warmup_steps");
        when(
                training.optimization().optim().equals("sgd"),
                "optim sgd has no moments",
                "adam_beta1",
                "adam_beta2",
                "adam_epsilon");
        String other = "only its strategy steps reads it";
        when(training.logging().loggingStrategy() != IntervalStrategy.STEPS, other, "logging_steps");
        when(training.checkpoint().saveStrategy() != IntervalStrategy.STEPS, other, "save_steps");
        when(training.evaluation().evalStrategy() != IntervalStrategy.STEPS, other, "eval_steps");
        when(training.evaluation().evalStrategy() == IntervalStrategy.NO, "eval_strategy is no", "eval_delay");
    }

    private void best(FineTuneArguments arguments) {
        EvaluationArguments evaluation = arguments.training().evaluation();
        boolean compares = evaluation.loadBestModelAtEnd()
                || arguments.finetuning().earlyStoppingSteps() != null
                || arguments.training().schedule().lrSchedulerType() == SchedulerType.REDUCE_LR_ON_PLATEAU;
        when(!compares, "nothing compares evaluations", "metric_for_best_model", "greater_is_better");
    }

    private void when(boolean idle, String reason, String... keys) {
        if (idle) {
            for (String key : keys) {
                reasons.putIfAbsent(key, "has no effect: " + reason);
            }
        }
    }
}
