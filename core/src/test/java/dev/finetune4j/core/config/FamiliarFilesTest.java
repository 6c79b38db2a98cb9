package dev.finetune4j.core.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.config.data.DataArguments;
import dev.finetune4j.core.config.finetuning.FinetuningType;
import dev.finetune4j.core.config.finetuning.Stage;
import dev.finetune4j.core.config.training.SchedulerType;
import dev.finetune4j.core.config.training.TrainingArguments;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Files as LLaMA-Factory's users write them bind unchanged. */
class FamiliarFilesTest {
    private static FineTuneArguments bind(String name) {
        return ArgumentsBinder.bind(new Settings().yaml(TestResources.text(name), name));
    }

    @Test
    void aLoraRunBinds() {
        FineTuneArguments arguments = bind("lora_sft.yaml");
        assertEquals(FinetuningType.LORA, arguments.finetuning().finetuningType());
        assertEquals(List.of("identity", "alpaca_en_demo"), arguments.data().dataset());
        assertEquals(16, arguments.finetuning().lora().loraAlpha());
        TrainingArguments training = arguments.training();
        assertEquals(8, training.batch().gradientAccumulationSteps());
        assertEquals(SchedulerType.COSINE, training.schedule().lrSchedulerType());
        assertEquals(12, training.schedule().warmup(115));
        assertTrue(training.device().bf16());
        assertTrue(training.evaluates());
        assertEquals(Path.of("saves/qwen3/lora/sft"), training.output().outputDir());
    }

    @Test
    void aPretrainingRunBinds() {
        FineTuneArguments arguments = bind("full_pt.yaml");
        assertEquals(Stage.PT, arguments.finetuning().stage());
        DataArguments data = arguments.data();
        assertTrue(data.packing().packs(Stage.PT));
        assertEquals(10_000, data.maxSamples());
        assertEquals(Map.of("min_lr", 1e-5), arguments.training().schedule().lrSchedulerKwargs());
        assertTrue(arguments.model().trainFromScratch());
    }

    @Test
    void aFreezeRunBinds() {
        FineTuneArguments arguments = bind("freeze_sft.yaml");
        assertEquals(FinetuningType.FREEZE, arguments.finetuning().finetuningType());
        assertEquals(List.of("norm", "lm_head"), arguments.finetuning().freeze().freezeExtraModules());
        assertTrue(arguments.data().packing().neatPacking());
        assertEquals("sgd", arguments.training().optimization().optim());
        assertEquals("eval_accuracy", arguments.training().evaluation().bestMetric());
        assertTrue(arguments.training().evaluation().higherIsBetter());
    }
}
