package dev.finetune4j.examples;

import dev.finetune4j.finetune.FineTune;
import java.nio.file.Path;
import java.util.List;

/** The job of {@code examples/quickstart/lora_sft.yaml} from a program. */
public final class QuickStart {
    public static void main(String... settings) {
        var right = job(settings).run().series("eval_exact_match");
        double before = right.get(0).loss(), after = right.get(right.size() - 1).loss();
        System.out.printf("Held-back answers right: %.1f %% before, %.1f %% after%n", 100 * before, 100 * after);
    }

    static FineTune job(String... settings) {
        return FineTune.builder()
                .model("examples/quickstart/model")
                .lora(lora -> lora.rank(16).additionalTarget("embed_tokens"))
                .datasetDir(Path.of("examples/quickstart/data"))
                .dataset("lumora_quiz")
                .evalDataset("lumora_quiz_held_back")
                .template("olmo")
                .learningRate(3e-3)
                .epochs(4)
                .overrides(List.of("cutoff_len=256", "lr_scheduler_type=cosine", "warmup_ratio=0.05", "plot_loss=true"))
                .overrides(List.of("eval_strategy=epoch", "eval_on_start=true", "compute_exact_match=true"))
                .overrides(List.of("save_strategy=no", "overwrite_output_dir=true", "logging_steps=10"))
                .outputDir(Path.of("saves/quickstart/lora"))
                .overrides(List.of(settings))
                .build();
    }
}
