package dev.finetune4j.finetune;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.config.finetuning.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same run through every door. */
@Tag("e2e")
class BuilderAgreementTest {
    private static final String ADAPTER = "adapter_model.safetensors";

    @TempDir
    private Path folder;

    @Test
    void builderEqualsYaml() throws IOException {
        TinyWorld world = TinyWorld.in(folder);
        Path yaml = folder.resolve("run.yaml");
        Files.writeString(yaml, """
                model_name_or_path: %s
                stage: sft
                finetuning_type: lora
                lora_rank: 4
                lora_alpha: 16
                lora_dropout: 0.1
                lora_target: all
                dataset: chats
                dataset_dir: %s
                template: chatml
                cutoff_len: 64
                learning_rate: 1.0e-2
                max_steps: 6
                per_device_train_batch_size: 2
                gradient_accumulation_steps: 2
                logging_steps: 1
                neat_packing: true
                use_cpu: true
                output_dir: %s
                """.formatted(world.model(), world.data(), world.out("yaml")));
        RunResult fromYaml = FineTune.builder().yaml(yaml).build().run();
        RunResult fromBuilder = FineTune.builder()
                .model(world.model().toString())
                .stage(Stage.SFT)
                .lora(lora -> lora.rank(4).alpha(16).dropout(0.1).target("all"))
                .datasetDir(world.data())
                .dataset("chats")
                .template("chatml")
                .cutoffLen(64)
                .learningRate(1e-2)
                .set("max_steps", 6)
                .set("per_device_train_batch_size", 2)
                .set("gradient_accumulation_steps", 2)
                .set("logging_steps", 1)
                .set("neat_packing", true)
                .set("use_cpu", true)
                .outputDir(world.out("builder"))
                .build()
                .run();
        assertEquals(TinyWorld.figures(fromYaml), TinyWorld.figures(fromBuilder));
        assertArrayEquals(world.result("yaml", ADAPTER), world.result("builder", ADAPTER));
        assertEquals(6, fromBuilder.losses().size());
    }

    @Test
    void laterSettingsWin() throws IOException {
        TinyWorld world = TinyWorld.in(folder);
        Path yaml = folder.resolve("run.yaml");
        Files.writeString(yaml, "learning_rate: 1.0e-3\nlora_rank: 2\n");
        FineTune request = world.draft("out")
                .yaml(yaml)
                .overrides(List.of("learning_rate=2e-3"))
                .build();
        assertEquals(2e-3, request.arguments().training().optimization().learningRate());
        assertEquals(2, request.arguments().finetuning().lora().loraRank());
    }

    @Test
    void aRequestCanRunTwice() {
        TinyWorld world = TinyWorld.in(folder);
        FineTune request = world.draft("out").set("overwrite_output_dir", true).build();
        RunResult first = request.run();
        byte[] adapter = world.result("out", ADAPTER);
        RunResult second = request.run();
        assertEquals(TinyWorld.figures(first), TinyWorld.figures(second));
        assertArrayEquals(adapter, world.result("out", ADAPTER));
        assertTrue(first.isAdapter());
    }
}
