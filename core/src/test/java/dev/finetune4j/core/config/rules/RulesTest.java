package dev.finetune4j.core.config.rules;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.config.ArgumentsBinder;
import dev.finetune4j.core.config.Settings;
import dev.finetune4j.core.error.ConfigException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every rule, with the settings that break it and the message that the user gets. */
class RulesTest {
    private static Settings draft(String yaml) {
        return new Settings().yaml("model_name_or_path: m\ndataset: d\n" + yaml, "t.yaml");
    }

    static Stream<Arguments> broken() {
        return Stream.of(
                Arguments.of(
                        "stage: pt\nneat_packing: true",
                        "neat_packing (t.yaml:4) is only for stage sft, found stage (t.yaml:3). Leave it out."),
                Arguments.of(
                        "stage: pt\ntrain_on_prompt: true",
                        "train_on_prompt (t.yaml:4) is only for stage sft, found stage (t.yaml:3). Leave it out."),
                Arguments.of(
                        "stage: pt\nmask_history: true",
                        "mask_history (t.yaml:4) is only for stage sft, found stage (t.yaml:3). Leave it out."),
                Arguments.of(
                        "mask_history: true\ntrain_on_prompt: true",
                        "mask_history (t.yaml:3) takes labels from earlier turns and train_on_prompt (t.yaml:4) gives them to"
                                + " prompts. Set one of them."),
                Arguments.of(
                        "val_size: 0.1\neval_dataset: e",
                        "val_size (t.yaml:3) splits the training rows and eval_dataset (t.yaml:4) names rows for"
                                + " evaluation. Set one of them."),
                Arguments.of(
                        "eval_on_each_dataset: true",
                        "eval_on_each_dataset (t.yaml:3) needs eval_dataset, which is missing."),
                Arguments.of(
                        "dataset_dir: ONLINE",
                        "known, not available yet: dataset_dir (t.yaml:3). Download the data and give its folder."),
                Arguments.of(
                        "finetuning_type: full\nadapter_name_or_path: a",
                        "adapter_name_or_path (t.yaml:4) needs finetuning_type lora, found finetuning_type (t.yaml:3). Merge"
                                + " the adapter into the model first, or tune with lora."),
                Arguments.of(
                        "finetuning_type: freeze\nuse_rslora: true",
                        "use_rslora (t.yaml:4) needs finetuning_type lora, found finetuning_type (t.yaml:3). Leave it out."),
                Arguments.of(
                        "create_new_adapter: true",
                        "create_new_adapter (t.yaml:3) merges the adapters of adapter_name_or_path, which is missing. A run"
                                + " without them trains a fresh adapter anyway."),
                Arguments.of(
                        "train_from_scratch: true\nadapter_name_or_path: a",
                        "train_from_scratch (t.yaml:3) draws random weights, to which no trained adapter of"
                                + " adapter_name_or_path (t.yaml:4) fits. Set one of them."),
                Arguments.of(
                        "use_cpu: true\ndevice: cuda:1",
                        "use_cpu (t.yaml:3) asks for the CPU and device (t.yaml:4) for cuda:1. Set one of them."),
                Arguments.of(
                        "disable_gradient_checkpointing: true\nactivations: recompute",
                        "disable_gradient_checkpointing (t.yaml:3) keeps all activations and activations (t.yaml:4)"
                                + " recomputes them. Set one of them."),
                Arguments.of(
                        "use_unsloth_gc: true\nactivations: keep",
                        "use_unsloth_gc (t.yaml:3) recomputes activations and activations (t.yaml:4) keeps them. Set one of"
                                + " them."),
                Arguments.of(
                        "use_unsloth_gc: true\ndisable_gradient_checkpointing: true",
                        "use_unsloth_gc (t.yaml:3) recomputes activations and disable_gradient_checkpointing (t.yaml:4) keeps"
                                + " them. Set one of them."),
                Arguments.of(
                        "eval_strategy: steps",
                        "eval_strategy (t.yaml:3) needs rows to evaluate. Give eval_dataset or val_size."),
                Arguments.of(
                        "do_train: true\ndo_eval: true",
                        "do_eval (t.yaml:4) needs rows to evaluate. Give eval_dataset or val_size."),
                Arguments.of(
                        "eval_on_start: true",
                        "eval_on_start (t.yaml:3) needs rows to evaluate. Give eval_dataset or val_size."),
                Arguments.of(
                        "do_train: false",
                        "do_train (t.yaml:3) switches training off and nothing else is asked for. Set do_eval, or leave it"
                                + " out."),
                Arguments.of(
                        "load_best_model_at_end: true",
                        "load_best_model_at_end (t.yaml:3) compares evaluations, but eval_strategy asks for none. Set"
                                + " eval_strategy as save_strategy."),
                Arguments.of(
                        "load_best_model_at_end: true\neval_strategy: epoch\nval_size: 0.1",
                        "load_best_model_at_end (t.yaml:3) needs a checkpoint for every evaluation that may be the best, but"
                                + " save_strategy and eval_strategy (t.yaml:4) differ. Set both to steps or both to epoch."),
                Arguments.of(
                        "save_steps: 30\neval_steps: 20\neval_strategy: steps\nval_size: 0.1\nload_best_model_at_end: true",
                        "save_steps (t.yaml:3) saves between evaluations, so the best model could not be kept for"
                                + " load_best_model_at_end (t.yaml:7). Make it a multiple of eval_steps (t.yaml:4)."),
                Arguments.of(
                        "early_stopping_steps: 3\nmetric_for_best_model: loss",
                        "early_stopping_steps (t.yaml:3) counts evaluations, but eval_strategy asks for none. Set it to steps"
                                + " or epoch."),
                Arguments.of(
                        "early_stopping_steps: 3\neval_strategy: epoch\nval_size: 0.1",
                        "early_stopping_steps (t.yaml:3) waits for a better metric_for_best_model, which is missing. Set it,"
                                + " for example to loss."),
                Arguments.of(
                        "lr_scheduler_type: reduce_lr_on_plateau",
                        "lr_scheduler_type (t.yaml:3) follows evaluations, but eval_strategy asks for none. Set it to steps or"
                                + " epoch."),
                Arguments.of(
                        "lr_scheduler_type: cosine\nlr_scheduler_kwargs: {num_cycle: 2}",
                        "lr_scheduler_kwargs (t.yaml:4) has \"num_cycle\", but lr_scheduler_type (t.yaml:3) cosine takes"
                                + " num_cycles. Did you mean \"num_cycles\"?"),
                Arguments.of(
                        "lr_scheduler_kwargs: {'%s': 2}",
                        "lr_scheduler_kwargs (t.yaml:3) has \"%s\", but lr_scheduler_type linear takes none."),
                Arguments.of(
                        "lr_scheduler_type: cosine\nlr_scheduler_kwargs: {num_cycles: many}",
                        "lr_scheduler_kwargs (t.yaml:4): num_cycles must be a number, found many."),
                Arguments.of(
                        "lr_scheduler_type: warmup_stable_decay\nlr_scheduler_kwargs: {decay_type: steep}",
                        "lr_scheduler_kwargs (t.yaml:4): decay_type must be one of linear, cosine, 1-sqrt."),
                Arguments.of(
                        "lr_scheduler_type: cosine_with_min_lr",
                        "lr_scheduler_type (t.yaml:3) needs exactly one of min_lr and min_lr_rate in lr_scheduler_kwargs."),
                Arguments.of(
                        "lr_scheduler_type: polynomial\nlr_scheduler_kwargs: {lr_end: 0.1}\nlearning_rate: 0.1",
                        "lr_scheduler_kwargs (t.yaml:4) must end lower than it starts: lr_end is not below learning_rate"
                                + " (t.yaml:5)."));
    }

    @ParameterizedTest
    @MethodSource("broken")
    void aBrokenRuleNamesItsKeysAndWhereTheyWereGiven(String yaml, String message) {
        ConfigException e = assertThrows(ConfigException.class, () -> ArgumentsBinder.bind(draft(yaml)));
        assertEquals(message, e.getMessage());
    }

    @ParameterizedTest
    @MethodSource("kept")
    void whatRulesAllowBinds(String yaml) {
        assertDoesNotThrow(() -> ArgumentsBinder.bind(draft(yaml)));
    }

    static Stream<String> kept() {
        return Stream.of(
                "stage: pt\npacking: false",
                "packing: false\nneat_packing: true",
                "do_train: false\ndo_eval: true\neval_dataset: e",
                "load_best_model_at_end: true\neval_strategy: steps\neval_steps: 0.1\nsave_steps: 0.3\nval_size: 5",
                "load_best_model_at_end: true\neval_strategy: steps\nlogging_steps: 5\nsave_steps: 10\nval_size: 5",
                "early_stopping_steps: 1\nload_best_model_at_end: true\neval_strategy: epoch\nsave_strategy: epoch\n"
                        + "val_size: 0.1",
                "lr_scheduler_type: reduce_lr_on_plateau\neval_strategy: epoch\nval_size: 0.1\n"
                        + "lr_scheduler_kwargs: {mode: min, factor: 0.5}",
                "adapter_name_or_path: a,b\ncreate_new_adapter: true\nuse_rslora: true",
                "use_cpu: true\ndevice: auto");
    }

    @Test
    void modelAndDatasetAreRequired() {
        ConfigException e = assertThrows(ConfigException.class, () -> ArgumentsBinder.bind(new Settings()));
        assertEquals(
                List.of("model_name_or_path", "dataset"),
                e.problems().stream().map(ConfigException.Problem::key).toList());
        assertTrue(e.getMessage().contains("Name at least one training set of dataset_info.json."), e.getMessage());
    }

    @Test
    void rowsHeldBackForEvaluationAloneNeedADataset() {
        Settings settings = new Settings().yaml("model_name_or_path: m\ndo_eval: true\nval_size: 0.5\n", "t.yaml");
        ConfigException e = assertThrows(ConfigException.class, () -> ArgumentsBinder.bind(settings));
        assertEquals("val_size (t.yaml:3) holds back rows of dataset, which is missing.", e.getMessage());
    }
}
