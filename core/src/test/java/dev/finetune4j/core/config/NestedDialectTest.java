package dev.finetune4j.core.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.config.finetuning.FinetuningType;
import dev.finetune4j.core.config.model.Activations;
import dev.finetune4j.core.config.training.IntervalStrategy;
import dev.finetune4j.core.config.training.SchedulerType;
import dev.finetune4j.core.error.ConfigException;
import java.util.List;
import org.junit.jupiter.api.Test;

class NestedDialectTest {
    private static final String LEAST = "model: m\ntrain_dataset: d\n";

    private static FineTuneArguments bind(String yaml) {
        return ArgumentsBinder.bind(new Settings().yaml(LEAST + yaml, "v1.yaml"));
    }

    private static String problem(String yaml) {
        return assertThrows(ConfigException.class, () -> bind(yaml), yaml).getMessage();
    }

    @Test
    void mapsBecomeFlatKeys() {
        FineTuneArguments arguments = bind("""
                peft_config:
                  name: lora
                  r: 16
                  lora_alpha: 32
                  target_modules: [q_proj, v_proj]
                  modules_to_save: embed_tokens
                kernel_config:
                  name: auto
                dist_config: {name: fsdp2, dcp_path: null}
                micro_batch_size: 2
                global_batch_size: 8
                cutoff_len: 128
                enable_activation_checkpointing: false
                """);
        assertEquals("m", arguments.model().modelNameOrPath());
        assertEquals(List.of("d"), arguments.data().dataset());
        assertEquals(FinetuningType.LORA, arguments.finetuning().finetuningType());
        assertEquals(16, arguments.finetuning().lora().loraRank());
        assertEquals(32, arguments.finetuning().lora().loraAlpha());
        assertEquals(0.05, arguments.finetuning().lora().loraDropout());
        assertEquals(List.of("q_proj", "v_proj"), arguments.finetuning().lora().loraTarget());
        assertEquals(List.of("embed_tokens"), arguments.finetuning().adapter().additionalTarget());
        assertEquals(2, arguments.training().batch().perDeviceTrainBatchSize());
        assertEquals(4, arguments.training().batch().gradientAccumulationSteps());
        assertEquals(Activations.KEEP, arguments.model().memory().policy());
    }

    @Test
    void theDialectHasDefaultsOfItsOwn() {
        FineTuneArguments arguments = bind("");
        assertEquals(FinetuningType.FULL, arguments.finetuning().finetuningType());
        assertEquals(1, arguments.training().batch().perDeviceTrainBatchSize());
        assertEquals(1e-4, arguments.training().optimization().learningRate());
        assertEquals(0.01, arguments.training().optimization().weightDecay());
        assertEquals(SchedulerType.CONSTANT, arguments.training().schedule().lrSchedulerType());
        assertEquals(IntervalStrategy.NO, arguments.training().checkpoint().saveStrategy());
        assertEquals(1, arguments.training().logging().loggingSteps());
        assertTrue(arguments.training().device().bf16());
    }

    @Test
    void freezeAndOptimizerMapsAreRead() {
        FineTuneArguments arguments = bind("""
                peft_config: {name: freeze, freeze_trainable_layers: 3, freeze_extra_modules: null}
                optim_config: {name: adamw, betas: [0.8, 0.9], weight_decay: 0.1}
                save_steps: 5
                """);
        assertEquals(FinetuningType.FREEZE, arguments.finetuning().finetuningType());
        assertEquals(3, arguments.finetuning().freeze().freezeTrainableLayers());
        assertEquals(0.8, arguments.training().optimization().adamBeta1());
        assertEquals(0.9, arguments.training().optimization().adamBeta2());
        assertEquals(0.1, arguments.training().optimization().weightDecay());
        assertEquals(IntervalStrategy.STEPS, arguments.training().checkpoint().saveStrategy());
    }

    @Test
    void flatKeysWinOverTheDialect() {
        Settings settings = new Settings()
                .yaml(LEAST + "peft_config: {name: lora, r: 16}\n", "v1.yaml")
                .override("lora_rank=4");
        assertEquals(4, ArgumentsBinder.bind(settings).finetuning().lora().loraRank());
    }

    @Test
    void problemsNameTheLineOfTheMap() {
        assertEquals(
                "peft_config (v1.yaml:3) must be a map whose name is one of lora, freeze, found {name: oft}.",
                problem("peft_config: {name: oft}"));
        assertEquals(
                "Unknown setting \"peft_config.rank\" (v1.yaml:3).", problem("peft_config: {name: lora, rank: 3}"));
        assertEquals("lora_rank (v1.yaml:3) must be at least 1, found 0.", problem("peft_config: {name: lora, r: 0}"));
        assertEquals(
                "global_batch_size (v1.yaml:3) must be a multiple of micro_batch_size 3, found 8.",
                problem("global_batch_size: 8\nmicro_batch_size: 3"));
    }

    @Test
    void whatIsNotAvailableIsRefusedUnderItsFlatName() {
        assertTrue(problem("quant_config: {name: bnb, quantization_bit: 4}")
                .startsWith("known, not available yet: quantization_bit (v1.yaml:3), found 4"));
        assertTrue(problem("optim_config: {name: muon, wd: 0.1}").startsWith("known, not available yet: use_muon"));
        assertTrue(problem("batching_strategy: dynamic_batching")
                .startsWith("known, not available yet: batching_strategy"));
        assertTrue(problem("lr_scheduler_config: {name: x}").contains("Set lr_scheduler_type."));
    }

    @Test
    void aFlatDraftStaysAsItIs() {
        Settings flat = new Settings().yaml("model_name_or_path: m\ndataset: d\n", "flat.yaml");
        assertEquals(8, ArgumentsBinder.bind(flat).training().batch().perDeviceTrainBatchSize());
    }
}
