package dev.finetune4j.training;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.finetune4j.core.testing.NoTensorLeak;
import dev.finetune4j.training.TrainerOptions.Interval;
import dev.finetune4j.training.listener.TrainerState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is logged, evaluated and saved when equals the Hugging Face trainer; made by {@code parity/trainer_flow.py}. */
@NoTensorLeak
class TrainerFlowParityTest {
    private static final JsonNode GOLDEN = golden();

    @TempDir
    Path folder;

    private static JsonNode golden() {
        try {
            return new ObjectMapper()
                    .readTree(Path.of("src/test/resources/golden/trainer_flow.json")
                            .toFile());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static Stream<String> cases() {
        return GOLDEN.path("cases").properties().stream().map(Map.Entry::getKey);
    }

    private static Interval interval(JsonNode settings, String key, String absent) {
        return Interval.valueOf(settings.path(key).asText(absent).toUpperCase(Locale.ROOT));
    }

    private static @Nullable Double number(JsonNode settings, String key) {
        return settings.has(key) ? settings.path(key).asDouble() : null;
    }

    private static @Nullable Integer integer(JsonNode settings, String key) {
        return settings.has(key) ? settings.path(key).asInt() : null;
    }

    private RunFixture fixture(JsonNode settings, JsonNode state) {
        RunFixture fixture = new RunFixture(folder);
        fixture.rows = settings.path("rows").asInt();
        fixture.batchSize = settings.path("per_device_train_batch_size").asInt();
        fixture.accumulation = settings.path("gradient_accumulation_steps").asInt();
        fixture.epochs = settings.path("num_train_epochs").asDouble();
        fixture.maxSteps = settings.path("max_steps").asInt(-1);
        fixture.learningRate = GOLDEN.path("learning_rate").asDouble();
        fixture.schedule = settings.path("lr_scheduler_type").asText("linear");
        fixture.warmup = dev.finetune4j.training.schedule.ScheduleSettings.warmupSteps(
                0, number(settings, "warmup_ratio"), state.path("max_steps").asInt());
        fixture.logging = new TrainerOptions.Logging(
                interval(settings, "logging_strategy", "steps"),
                settings.path("logging_steps").asDouble(500),
                settings.path("logging_first_step").asBoolean(),
                false,
                false,
                0);
        fixture.evaluation = new TrainerOptions.Evaluation(
                interval(settings, "eval_strategy", "no"),
                number(settings, "eval_steps"),
                settings.path("eval_delay").asDouble(0),
                settings.path("eval_on_start").asBoolean());
        fixture.saving = new TrainerOptions.Saving(
                interval(settings, "save_strategy", "steps"),
                settings.path("save_steps").asDouble(500),
                integer(settings, "save_total_limit"),
                false);
        fixture.best = new TrainerOptions.Best(
                settings.path("load_best_model_at_end").asBoolean(),
                settings.path("metric_for_best_model").asText(null),
                settings.has("greater_is_better")
                        ? settings.path("greater_is_better").asBoolean()
                        : null,
                integer(settings, "patience"));
        Iterator<JsonNode> scores = GOLDEN.path("score_values").iterator();
        fixture.evaluators = List.of(() -> Map.of("eval_score", scores.next().asDouble()));
        return fixture;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everythingHappensAfterTheSameStep(String name) throws IOException {
        JsonNode expected = GOLDEN.path("cases").path(name);
        TrainingResult result =
                fixture(expected.path("settings"), expected.path("state")).run().result();
        assertEquals(history(expected), history(result));
        assertEquals(
                StreamSupport.stream(expected.path("checkpoints").spliterator(), false)
                        .map(JsonNode::asInt)
                        .toList(),
                checkpoints());
        assertState(expected.path("state"), result.state());
        assertEquals(
                result.state().history().size(),
                Files.readAllLines(folder.resolve("trainer_log.jsonl")).size());
    }

    private static List<String> history(JsonNode expected) {
        List<String> lines = new ArrayList<>();
        for (JsonNode entry : expected.path("history")) {
            lines.add(line(
                    entry.path("kind").asText(),
                    entry.path("step").asInt(),
                    entry.path("epoch").asDouble(),
                    entry.path("learning_rate").asDouble(-1),
                    entry.path("eval_score").asDouble(-1)));
        }
        return lines;
    }

    private static List<String> history(TrainingResult result) {
        List<String> lines = new ArrayList<>();
        for (Map<String, Number> entry : result.state().history()) {
            String kind = entry.containsKey("eval_score")
                    ? "evaluation"
                    : entry.containsKey("train_loss") ? "summary" : "training";
            lines.add(line(
                    kind,
                    entry.get("step").intValue(),
                    entry.get("epoch").doubleValue(),
                    entry.getOrDefault("learning_rate", -1).doubleValue(),
                    entry.getOrDefault("eval_score", -1).doubleValue()));
        }
        return lines;
    }

    /** Epochs bit for bit; rates to twelve digits, since cosines of two libraries meet there. */
    private static String line(String kind, int step, double epoch, double rate, double score) {
        return String.format(Locale.ROOT, "%s step %d epoch %s rate %.11e score %s", kind, step, epoch, rate, score);
    }

    private List<Integer> checkpoints() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString())
                    .filter(f -> f.startsWith("checkpoint-"))
                    .map(f -> Integer.parseInt(f.substring("checkpoint-".length())))
                    .sorted()
                    .toList();
        }
    }

    private static void assertState(JsonNode expected, TrainerState state) {
        assertEquals(expected.path("epoch").asDouble(), state.epoch());
        assertEquals(expected.path("global_step").asInt(), state.step());
        assertEquals(expected.path("max_steps").asInt(), state.maxSteps());
        assertEquals(expected.path("num_train_epochs").asInt(), state.epochs());
        assertEquals(expected.path("logging_steps").asInt(), state.loggingSteps());
        assertEquals(expected.path("eval_steps").asInt(), state.evaluationSteps());
        assertEquals(expected.path("save_steps").asInt(), state.savingSteps());
        assertEquals(expected.path("train_batch_size").asInt(), state.batchSize());
        assertEquals(expected.path("best_metric").asText(), String.valueOf(state.bestMetric()));
        assertEquals(expected.path("best_global_step").asText(), String.valueOf(state.bestStep()));
        String best = state.bestCheckpoint();
        assertEquals(
                expected.path("best_model_checkpoint").asText(),
                best == null ? "null" : String.valueOf(Path.of(best).getFileName()));
    }
}
