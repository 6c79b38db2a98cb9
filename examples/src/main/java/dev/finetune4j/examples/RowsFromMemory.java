package dev.finetune4j.examples;

import dev.finetune4j.examples.world.Quiz;
import dev.finetune4j.finetune.FineTune;
import dev.finetune4j.finetune.RunResult;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Tunes on rows that the program holds, with no file of data: anything that can be iterated again and again will do,
 * here stories and questions that are made up as they are read.
 */
public final class RowsFromMemory {
    public static void main(String... settings) {
        Iterable<Map<String, String>> rows = Quiz.trainingRows(600);
        Iterable<Map<String, String>> heldBack = Quiz.heldBackRows(200);
        RunResult result = job(rows, heldBack, settings).run();
        System.out.printf("After %d steps on rows from memory:%n", result.steps());
        result.metrics().forEach((name, value) -> System.out.printf("%s %s%n", name, value));
    }

    static FineTune job(
            Iterable<Map<String, String>> rows, Iterable<Map<String, String>> heldBack, String... settings) {
        return FineTune.builder()
                .model("examples/quickstart/model")
                .lora(lora -> lora.rank(16).additionalTarget("embed_tokens"))
                .dataset("quiz", rows)
                .evalDataset("held_back", heldBack)
                .template("olmo")
                .learningRate(3e-3)
                .epochs(4)
                .set("lr_scheduler_type", "cosine")
                .set("warmup_ratio", 0.05)
                .set("compute_exact_match", true)
                .set("eval_strategy", "epoch")
                .set("save_strategy", "no")
                .set("overwrite_output_dir", true)
                .outputDir(Path.of("saves/quickstart/from-memory"))
                .overrides(List.of(settings))
                .build();
    }
}
