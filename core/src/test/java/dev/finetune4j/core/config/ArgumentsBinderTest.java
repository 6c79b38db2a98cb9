package dev.finetune4j.core.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.config.bind.BoundKey;
import dev.finetune4j.core.config.finetuning.FinetuningType;
import dev.finetune4j.core.config.finetuning.Stage;
import dev.finetune4j.core.config.model.Activations;
import dev.finetune4j.core.config.model.MemoryBudget;
import dev.finetune4j.core.config.training.IntervalStrategy;
import dev.finetune4j.core.error.ConfigException;
import dev.finetune4j.core.error.ConfigException.Problem;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ArgumentsBinderTest {
    private static final String LEAST = "model_name_or_path: m\ndataset: d\n";

    private static FineTuneArguments bind(String yaml) {
        return ArgumentsBinder.bind(new Settings().yaml(LEAST + yaml, "t.yaml"));
    }

    /** Problems of a draft; the first line of {@code yaml} is line 3. */
    private static List<Problem> problems(String yaml) {
        return assertThrows(ConfigException.class, () -> bind(yaml), yaml).problems();
    }

    private static String problem(String yaml) {
        List<Problem> problems = problems(yaml);
        assertEquals(1, problems.size(), problems.toString());
        return problems.get(0).text();
    }

    @Test
    void absentKeysHaveTheirDefaults() {
        FineTuneArguments arguments = bind("");
        assertEquals(Stage.SFT, arguments.finetuning().stage());
        assertEquals(FinetuningType.LORA, arguments.finetuning().finetuningType());
        assertEquals(8, arguments.finetuning().lora().loraRank());
        assertEquals(16, arguments.finetuning().lora().loraAlpha());
        assertEquals(List.of("all"), arguments.finetuning().lora().loraTarget());
        assertEquals(2048, arguments.data().tokenizing().cutoffLen());
        assertEquals(5e-5, arguments.training().optimization().learningRate());
        assertEquals(Path.of("trainer_output"), arguments.training().output().outputDir());
        assertEquals(IntervalStrategy.NO, arguments.training().evaluation().evalStrategy());
        assertNull(arguments.data().template());
        assertTrue(arguments.training().trains());
        assertFalse(arguments.training().evaluates());
    }

    @Test
    void nullIsTheSameAsAbsent() {
        assertEquals(
                bind(""), bind("resume_from_checkpoint: null\nlora_rank:\nmax_samples: ~\nquantization_bit: null\n"));
    }

    @Test
    void spellingsOfLlamaFactoryAreTolerated() {
        FineTuneArguments arguments = bind("""
                learning_rate: 1e-4
                weight_decay: "1.0E-2"
                do_train: True
                plot_loss: "yes"
                lora_rank: "16"
                num_train_epochs: "3"
                max_steps: 8.0
                lora_target: q_proj, v_proj ,,k_proj
                eval_dataset: [a, b]
                eval_strategy: "no"
                save_strategy: no
                preprocessing_batch_size: 10_000
                lr_scheduler_type: Cosine
                lr_scheduler_kwargs: '{"num_cycles": "2"}'
                memory_budget: 4GB
                head_chunk: auto
                resume_from_checkpoint: false
                """);
        assertEquals(1e-4, arguments.training().optimization().learningRate());
        assertEquals(1e-2, arguments.training().optimization().weightDecay());
        assertTrue(arguments.finetuning().plotLoss());
        assertEquals(16, arguments.finetuning().lora().loraRank());
        assertEquals(8, arguments.training().batch().maxSteps());
        assertEquals(
                List.of("q_proj", "v_proj", "k_proj"),
                arguments.finetuning().lora().loraTarget());
        assertEquals(List.of("a", "b"), arguments.data().evalDataset());
        assertEquals(10_000, arguments.data().tokenizing().preprocessingBatchSize());
        assertEquals(2, arguments.training().schedule().number("num_cycles", 0.5));
        assertEquals(new MemoryBudget(4e9), arguments.model().memory().memoryBudget());
        assertNull(arguments.model().memory().headChunk());
        assertNull(arguments.training().checkpoint().resumeFromCheckpoint());
    }

    @Test
    void aDraftOfTheBuilderAndAFileGiveTheSameArguments() {
        Settings builder = new Settings()
                .set("model_name_or_path", Path.of("m"))
                .set("dataset", List.of("d"))
                .set("activations", Activations.RECOMPUTE)
                .set("learning_rate", 1e-4)
                .set("lr_scheduler_type", "polynomial")
                .set("lr_scheduler_kwargs", Map.of("power", 2));
        assertEquals(
                ArgumentsBinder.bind(builder),
                bind("activations: recompute\nlearning_rate: 0.0001\nlr_scheduler_type: polynomial\n"
                        + "lr_scheduler_kwargs: {power: 2}\n"));
    }

    @Test
    void anUnknownKeyNamesTheNearestKnownOnes() {
        assertEquals("Unknown setting \"lora_rnk\" (t.yaml:3). Did you mean \"lora_rank\"?", problem("lora_rnk: 8"));
        assertEquals(
                "Unknown setting \"learningRate\" (t.yaml:3). Did you mean \"learning_rate\"?",
                problem("learningRate: 1"));
        assertEquals(
                "Unknown setting \"galore_rnk\" (t.yaml:3). Did you mean \"galore_rank\"?", problem("galore_rnk: 1"));
        assertEquals("Unknown setting \"something_else\" (t.yaml:3).", problem("something_else: 1"));
        assertEquals("lora_rank", problems("lora_rnk: 8").get(0).suggestion());
    }

    @Test
    void aMisspeltRequiredKeyIsReportedOnce() {
        ConfigException e = assertThrows(
                ConfigException.class,
                () -> ArgumentsBinder.bind(new Settings().yaml("model_name_or_path: m\ndatset: d\n", "t.yaml")));
        assertEquals("Unknown setting \"datset\" (t.yaml:2). Did you mean \"dataset\"?", e.getMessage());
    }

    @Test
    void aValueOfTheWrongKindIsNamed() {
        assertEquals("lora_rank (t.yaml:3) must be a whole number, found eight.", problem("lora_rank: eight"));
        assertEquals("lora_rank (t.yaml:3) must be a whole number, found 8.5.", problem("lora_rank: 8.5"));
        assertEquals("learning_rate (t.yaml:3) must be a number, found true.", problem("learning_rate: true"));
        assertEquals(
                "learning_rate (t.yaml:3) must be a finite number, found \"1e999\".",
                problem("learning_rate: '1e999'"));
        assertEquals("plot_loss (t.yaml:3) must be true or false, found maybe.", problem("plot_loss: maybe"));
        assertEquals("template (t.yaml:3) must be one value, found [a, b].", problem("template: [a, b]"));
        assertEquals("lr_scheduler_kwargs (t.yaml:3) must be a map, found 3.", problem("lr_scheduler_kwargs: 3"));
        assertEquals("eval_dataset (t.yaml:3) must be one value, found {a: 1}.", problem("eval_dataset: {a: 1}"));
        assertEquals(
                "max_steps (t.yaml:3) must lie between -2147483648 and 2147483647, found 3000000000.",
                problem("max_steps: 3000000000"));
        assertEquals(
                "memory_budget (t.yaml:3) expected bytes (4GB, 4GiB, 4000000000) or a share (0.5), found lots.",
                problem("memory_budget: lots"));
    }

    @Test
    void aValueOutOfRangeIsNamed() {
        assertEquals("lora_rank (t.yaml:3) must be at least 1, found 0.", problem("lora_rank: 0"));
        assertEquals(
                "lora_dropout (t.yaml:3) must be at least 0 and less than 1, found 1.", problem("lora_dropout: 1"));
        assertEquals(
                "logging_steps (t.yaml:3) must be a whole number of steps, or a share of the run below 1, found 0.",
                problem("logging_steps: 0"));
        assertEquals("device (t.yaml:3) must be auto, cpu, cuda or cuda:<number>, found tpu.", problem("device: tpu"));
        assertEquals(
                "val_size (t.yaml:3) must be a share below 1 or a whole number of rows from 2, found 1.",
                problem("val_size: 1"));
    }

    @Test
    void aWrongChoiceNamesTheRightOnes() {
        assertEquals(
                "stage (t.yaml:3) must be one of pt, sft, found \"sfr\". Did you mean \"sft\"?", problem("stage: sfr"));
        assertEquals(
                "optim (t.yaml:3) must be one of adamw_torch, adamw_torch_fused, sgd, found \"adamw_toch\". Did you mean"
                        + " \"adamw_torch\"?",
                problem("optim: adamw_toch"));
        assertEquals("sft", problems("stage: sfr").get(0).suggestion());
    }

    @Test
    void aKnownValueThatIsNotAvailableIsRefusedByName() {
        assertEquals(
                "known, not available yet: stage (t.yaml:3), found dpo. This version has pt, sft.",
                problem("stage: dpo"));
        assertEquals(
                "known, not available yet: report_to (t.yaml:3), found wandb. This version has none.",
                problem("report_to: [wandb]"));
    }

    @Test
    void aKnownKeyIsRefusedUnlessItHasItsDefault() {
        assertEquals(
                "known, not available yet: use_galore (t.yaml:3), found true. Use optim: adamw_torch.",
                problem("use_galore: true"));
        assertEquals(
                bind(""),
                bind("use_galore: False\ngalore_scale: 0.25\nquantization_method: bitsandbytes\npref_beta: '0.1'\n"
                        + "fp16: no\nresources_per_worker: {GPU: 1}\ngalore_target: [all]\n"));
    }

    @Test
    void aNullThatMeansSomethingIsNotTakenForAbsence() {
        assertNull(
                bind("enable_thinking: null").data().thinking().enableThinking().wish());
        assertEquals(true, bind("").data().thinking().enableThinking().wish());
        assertEquals(bind("enable_thinking: auto"), bind("enable_thinking: ~"));
    }

    @Test
    void aDerivedKeyCannotBeSet() {
        assertEquals(
                "model_max_length (t.yaml:3) cannot be set, found 4096. It is cutoff_len.",
                problem("model_max_length: 4096"));
    }

    @Test
    void allProblemsAreReportedTogetherInTheOrderOfTheFile() {
        List<Problem> problems = problems("""
                lora_rank: 0
                lora_dropout: 2
                warmup_ratio: x
                use_badam: true
                lora_alpa: 3
                mask_history: true
                train_on_prompt: true
                """);
        assertEquals(
                List.of("lora_rank", "lora_dropout", "warmup_ratio", "use_badam", "lora_alpa", "mask_history"),
                problems.stream().map(Problem::key).toList());
        assertEquals(
                List.of("t.yaml:3", "t.yaml:4", "t.yaml:5", "t.yaml:6", "t.yaml:7", "t.yaml:8"),
                problems.stream().map(Problem::origin).toList());
    }

    @Test
    void formerNamesAreUnderstood() {
        FineTuneArguments arguments =
                bind("evaluation_strategy: epoch\neval_dataset: e\nper_gpu_train_batch_size: 3\nno_cuda: true\n");
        assertEquals(IntervalStrategy.EPOCH, arguments.training().evaluation().evalStrategy());
        assertEquals(3, arguments.training().batch().perDeviceTrainBatchSize());
        assertEquals("cpu", arguments.training().device().wanted());
        assertEquals(
                "no_cuda (t.yaml:3) and use_cpu (t.yaml:4) are the same setting. Keep the latter.",
                problem("no_cuda: true\nuse_cpu: true"));
    }

    @Test
    void everyDefaultBindsAndPrintsBack() {
        FineTuneArguments arguments = bind("");
        Settings settings = ArgumentsBinder.settingsOf(arguments);
        assertEquals(ArgumentsBinder.schema().keys().size(), settings.all().size());
        assertEquals(arguments, ArgumentsBinder.bind(settings));
        assertEquals(arguments, ArgumentsBinder.bind(new Settings().yaml(settings.print(), "printed")));
    }

    @Test
    void everyKeyHasASnakeCaseNameOfItsOwn() {
        List<String> names =
                ArgumentsBinder.schema().keys().stream().map(BoundKey::name).toList();
        assertEquals(names.size(), names.stream().distinct().count());
        assertTrue(names.stream().allMatch(name -> name.matches("[a-z][a-z0-9]*(_[a-z0-9]+)*")), names.toString());
    }
}
