package dev.finetune4j.training.listener;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.finetune4j.core.weights.Disk;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFilesTest {
    @TempDir
    Path folder;

    private record Fixed(int step, int totalSteps, double elapsedSeconds, long inputTokens, boolean resumed)
            implements RunView {
        @Override
        public double epoch() {
            return 0.5;
        }

        @Override
        public double lastLoss() {
            return 1;
        }

        @Override
        public void requestStop(String reason) {
            throw new UnsupportedOperationException();
        }
    }

    private static Map<String, Number> entry(Object... pairs) {
        Map<String, Number> entry = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            entry.put((String) pairs[i], (Number) pairs[i + 1]);
        }
        return entry;
    }

    private List<String> lines() throws Exception {
        return Files.readAllLines(folder.resolve(TrainerLog.NAME));
    }

    @Test
    void aLogLineHasLlamaFactorysFieldsInItsOrder() throws Exception {
        TrainerLog log = new TrainerLog(Disk.DEFAULT, folder);
        RunView run = new Fixed(3, 9, 3725.9, 0, false);
        log.runStarted(run);
        log.logged(run, entry("loss", 1.25, "grad_norm", 2.0, "learning_rate", 0.5, "epoch", 0.5, "step", 3));
        assertEquals(
                List.of("{\"current_steps\":3,\"total_steps\":9,\"loss\":1.25,\"lr\":0.5,\"epoch\":0.5,"
                        + "\"percentage\":33.33,\"elapsed_time\":\"1:02:05\",\"remaining_time\":\"2:04:11\"}"),
                lines());
        log.logged(new Fixed(9, 9, 2, 1000, false), entry("eval_loss", 3.5, "eval_exact_match", 0.75, "epoch", 1.0));
        assertEquals(
                "{\"current_steps\":9,\"total_steps\":9,\"eval_loss\":3.5,\"eval_exact_match\":0.75,\"epoch\":1.0,"
                        + "\"percentage\":100.0,\"elapsed_time\":\"0:00:02\",\"remaining_time\":\"0:00:00\","
                        + "\"throughput\":500.0,\"total_tokens\":1000}",
                lines().get(1));
    }

    @Test
    void spansOfDaysAreWrittenAsPythonDoes() {
        assertEquals("0:00:00", TrainerLog.clock(0));
        assertEquals("23:59:59", TrainerLog.clock(86_399));
        assertEquals("1 day, 0:00:01", TrainerLog.clock(86_401));
        assertEquals("12 days, 10:00:00", TrainerLog.clock(12 * 86_400 + 36_000));
    }

    @Test
    void aNewRunEmptiesTheLogAndAResumedOneTakesItBack() throws Exception {
        Files.writeString(folder.resolve(TrainerLog.NAME), "old\n");
        TrainerLog log = new TrainerLog(Disk.DEFAULT, folder);
        log.runStarted(new Fixed(0, 9, 0, 0, false));
        assertEquals(List.of(), lines());
        log.logged(new Fixed(1, 9, 1, 0, false), entry("loss", 1.0));
        byte[] stored = log.content();
        log.logged(new Fixed(2, 9, 1, 0, false), entry("loss", 0.5));
        TrainerLog resumed = new TrainerLog(Disk.DEFAULT, folder);
        resumed.restore(stored);
        resumed.runStarted(new Fixed(1, 9, 1, 0, true));
        assertEquals(1, lines().size());
    }

    @Test
    void theStateFileHasTheTrainersKeysSortedAndIndented() throws Exception {
        TrainerState state = new TrainerState(
                6,
                9,
                1.5,
                2,
                1,
                500,
                500,
                2,
                0,
                12.5,
                null,
                null,
                null,
                Map.of("TrainerControl", Map.of("args", Map.of(), "attributes", Map.of())),
                List.of(entry("loss", 2.5, "epoch", 0.5, "step", 1)));
        TrainerStateFile.write(Disk.DEFAULT, folder, state);
        String text = Files.readString(folder.resolve("trainer_state.json"));
        assertTrue(text.startsWith("{\n  \"best_global_step\": null,\n  \"best_metric\": null,\n"), text);
        assertTrue(
                text.contains(
                        "  \"log_history\": [\n    {\n      \"epoch\": 0.5,\n      \"loss\": 2.5,\n      \"step\": 1\n"
                                + "    }\n  ],\n"),
                text);
        assertTrue(text.endsWith("  \"trial_params\": null\n}\n"), text);
        JsonNode json = new ObjectMapper().readTree(text);
        assertEquals(20, json.size());
        assertEquals(state.history(), TrainerStateFile.history(folder));
    }

    @Test
    void resultsOfPhasesAreUnited() throws Exception {
        ResultFiles.write(Disk.DEFAULT, folder, "train", entry("train_loss", 0.5, "epoch", 2.0));
        ResultFiles.write(
                Disk.DEFAULT,
                folder,
                "eval",
                ResultFiles.withPerplexity(entry("eval_loss", 0.0, "eval_token_loss", 0.25, "epoch", 2.0)));
        assertEquals(
                "{\n    \"epoch\": 2.0,\n    \"eval_loss\": 0.0,\n    \"eval_perplexity\": 1.0,\n"
                        + "    \"eval_token_loss\": 0.25,\n    \"train_loss\": 0.5\n}",
                Files.readString(folder.resolve("all_results.json")));
        JsonNode train =
                new ObjectMapper().readTree(ResultFiles.file(folder, "train").toFile());
        assertEquals(2, train.size());
    }

    @Test
    void infinitePerplexityIsWrittenAsPythonDoes() throws Exception {
        ResultFiles.write(
                Disk.DEFAULT, folder, "eval", ResultFiles.withPerplexity(entry("eval_loss", 1e6, "eval_runtime", 1)));
        assertTrue(Files.readString(folder.resolve("all_results.json")).contains("\"eval_perplexity\": Infinity"));
        ResultFiles.write(Disk.DEFAULT, folder, "train", entry("train_loss", 1));
        assertTrue(Files.readString(folder.resolve("all_results.json")).contains("Infinity"));
    }

    @Test
    void everyMetricThatOccursIsDrawn() throws Exception {
        List<Map<String, Number>> history = List.of(
                entry("loss", 2.5, "step", 1), entry("loss", 1.5, "step", 2), entry("eval_x/loss", 1.0, "step", 2));
        List<Path> files =
                LossPlot.write(Disk.DEFAULT, folder, history, List.of("loss", "eval_x/loss", "eval_accuracy"));
        assertEquals(List.of(folder.resolve("training_loss.png"), folder.resolve("training_eval_x_loss.png")), files);
        BufferedImage image = ImageIO.read(files.get(0).toFile());
        assertEquals(640, image.getWidth());
        assertEquals(480, image.getHeight());
        long blue = 0;
        for (int x = 0; x < 640; x++) {
            for (int y = 0; y < 480; y++) {
                int rgb = image.getRGB(x, y);
                blue += (rgb & 0xff) > ((rgb >> 16) & 0xff) + 60 ? 1 : 0;
            }
        }
        assertTrue(blue > 100, blue + " blue pixels");
        assertFalse(Files.exists(folder.resolve("training_eval_accuracy.png")));
    }

    @Test
    void smoothingIsTheMovingAverageOfLlamaFactory() {
        List<Double> smooth = LossPlot.smooth(List.of(4.0, 2.0, 1.0));
        double w = 1.8 * (1 / (1 + Math.exp(-0.15)) - 0.5);
        assertEquals(4.0, smooth.get(0), 1e-12);
        assertEquals(w * 4 + (1 - w) * 2, smooth.get(1), 1e-12);
        assertEquals(w * smooth.get(1) + (1 - w), smooth.get(2), 1e-12);
    }

    @Test
    void patienceCountsEvaluationsWithoutGain() {
        EarlyStopping stopping = new EarlyStopping(2, 0.1, false);
        stopping.observe(1.0, null);
        assertEquals(0, stopping.withoutGain());
        stopping.observe(0.95, 1.0);
        assertEquals(1, stopping.withoutGain());
        stopping.observe(0.8, 0.95);
        assertEquals(0, stopping.withoutGain());
        stopping.observe(0.8, 0.8);
        stopping.observe(0.9, 0.8);
        assertTrue(stopping.exhausted());
    }
}
