package dev.finetune4j.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.finetune.FineTune;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuickStartTest {
    private static final int MOST_LINES = 25;

    @TempDir
    private Path folder;

    @Test
    void programAsksForWhatTheFileAsksFor() {
        Path yaml = Started.ROOT.resolve("examples/quickstart/lora_sft.yaml");
        // The file says what an eval_strategy implies, because LLaMA-Factory wants to be told.
        assertEquals(
                FineTune.builder().yaml(yaml).build().toString(),
                QuickStart.job("do_train=true", "do_eval=true").toString());
    }

    @Test
    void controlDiffersFromTheRunInItsAnswersOnly() {
        Path run = Started.ROOT.resolve("examples/quickstart/lora_sft.yaml");
        Path control = Started.ROOT.resolve("examples/quickstart/lora_sft_control.yaml");
        assertEquals(
                FineTune.builder()
                        .yaml(run)
                        .dataset("lumora_quiz_shuffled")
                        .outputDir(Path.of("saves/quickstart/lora-control"))
                        .build()
                        .toString(),
                FineTune.builder().yaml(control).build().toString());
    }

    @Test
    @Tag("e2e")
    void programEndsWithBothShares() throws IOException {
        String printed = Started.output(QuickStart::main, Started.shortly(folder, 3));
        assertTrue(
                printed.strip().matches("Held-back answers right: \\d+\\.\\d % before, \\d+\\.\\d % after"), printed);
        assertTrue(printed.contains(" 0.0 % before"), printed);
        for (String file : List.of("adapter_model.safetensors", "adapter_config.json", "training_loss.png")) {
            assertTrue(Files.size(folder.resolve(file)) > 0, file);
        }
    }

    @Test
    void programIsShort() throws IOException {
        String source = Files.readString(
                Started.ROOT.resolve("examples/src/main/java/dev/finetune4j/examples/QuickStart.java"));
        long lines = source.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("import ") && !line.matches("(//|/?\\*).*"))
                .count();
        assertTrue(lines <= MOST_LINES, lines + " lines");
    }
}
