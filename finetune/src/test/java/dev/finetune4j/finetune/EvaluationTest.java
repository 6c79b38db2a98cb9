package dev.finetune4j.finetune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run measures, and where it says so. */
@Tag("e2e")
class EvaluationTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    private static FineTuneBuilder evaluated(TinyWorld world, String out) {
        return world.draft(out)
                .evalDataset("held")
                .set("eval_strategy", "steps")
                .set("eval_steps", 2)
                .set("eval_on_start", true)
                .set("compute_accuracy", true)
                .set("compute_exact_match", true);
    }

    private JsonNode results(TinyWorld world, String out, String file) throws IOException {
        return JSON.readTree(world.result(out, file));
    }

    @Test
    void sharesOfExactAnswersAreInLogsAndResults() throws IOException {
        TinyWorld world = TinyWorld.in(folder);
        RunResult result = evaluated(world, "out").build().run();
        assertEquals(0, result.series("eval_exact_match").get(0).step());
        assertEquals(4, result.series("eval_exact_match").get(2).step());
        JsonNode all = results(world, "out", "all_results.json");
        for (String name :
                new String[] {"eval_loss", "eval_accuracy", "eval_exact_match", "train_loss", "train_runtime"}) {
            assertTrue(all.has(name), name + " is missing in " + all);
        }
        String log = Files.readString(world.out("out").resolve("trainer_log.jsonl"));
        assertEquals(3, log.lines().filter(l -> l.contains("eval_exact_match")).count(), log);
        assertEquals(
                all.get("eval_loss").doubleValue(),
                result.metrics().get("eval_loss").doubleValue());
    }

    @Test
    void learnedAnswersCountAsExact() {
        TinyWorld world = TinyWorld.in(folder);
        RunResult result = world.draft("out")
                .full()
                .evalDataset("chats")
                .set("max_samples", 2)
                .set("max_steps", 60)
                .set("eval_strategy", "steps")
                .set("eval_steps", 60)
                .set("eval_on_start", true)
                .set("compute_exact_match", true)
                .set("logging_steps", 60)
                .build()
                .run();
        assertEquals(0.0, result.series("eval_exact_match").get(0).loss());
        assertEquals(1.0, result.metrics().get("eval_exact_match").doubleValue());
    }

    @Test
    void evaluationAloneGivesTheFiguresOfTheRunThatTrained() throws IOException {
        TinyWorld world = TinyWorld.in(folder);
        RunResult trained = evaluated(world, "trained").build().run();
        RunResult again = world.draft("again")
                .set("do_train", false)
                .set("do_eval", true)
                .set("dataset", null)
                .evalDataset("held")
                .set("compute_accuracy", true)
                .set("compute_exact_match", true)
                .set("adapter_name_or_path", world.out("trained"))
                .build()
                .run();
        assertEquals(
                trained.metrics().get("eval_loss").doubleValue(),
                again.metrics().get("eval_loss").doubleValue(),
                1e-6);
        // The same adapter by its parent folder.
        RunResult below = world.draft("below")
                .set("do_train", false)
                .set("do_eval", true)
                .set("dataset", null)
                .evalDataset("held")
                .set("adapter_name_or_path", folder)
                .set("adapter_folder", "trained")
                .build()
                .run();
        assertEquals(again.metrics().get("eval_loss"), below.metrics().get("eval_loss"));
        assertFalse(Files.exists(world.out("again").resolve("trainer_state.json")));
        assertTrue(results(world, "again", "eval_results.json").has("eval_accuracy"));
    }

    @Test
    void eachSetCanBeEvaluatedByItself() {
        TinyWorld world = TinyWorld.in(folder);
        RunResult result = evaluated(world, "out")
                .evalDataset("held", "chats")
                .set("eval_on_each_dataset", true)
                .build()
                .run();
        assertTrue(
                result.metrics().containsKey("eval_held_loss"), result.metrics().toString());
        assertTrue(
                result.metrics().containsKey("eval_chats_loss"),
                result.metrics().toString());
    }

    @Test
    void pretrainingReportsPerplexity() throws IOException {
        TinyWorld world = TinyWorld.in(folder);
        world.draft("out")
                .set("stage", "pt")
                .dataset("texts")
                .set("val_size", 2)
                .set("eval_strategy", "steps")
                .set("eval_steps", 4)
                .build()
                .run();
        JsonNode all = results(world, "out", "all_results.json");
        assertEquals(
                Math.exp(all.get("eval_loss").doubleValue()),
                all.get("eval_perplexity").doubleValue(),
                1e-9);
    }

    @Test
    void theBestModelIsTheResultWhereAskedFor() {
        TinyWorld world = TinyWorld.in(folder);
        RunResult result = evaluated(world, "out")
                .learningRate(0.3)
                .set("max_steps", 8)
                .set("save_steps", 2)
                .set("eval_on_start", false)
                .set("load_best_model_at_end", true)
                .build()
                .run();
        double best = result.series("eval_loss").stream()
                .mapToDouble(RunResult.LossPoint::loss)
                .min()
                .orElseThrow();
        assertEquals(best, result.metrics().get("eval_loss").doubleValue(), 1e-9);
    }
}
