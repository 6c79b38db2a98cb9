package dev.finetune4j.finetune;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes that are killed at random instants, many of them while they save, until one reaches the end. What is left must be
 * what a run leaves that nobody disturbed: weights, moments, log and order of rows, byte for byte.
 */
@Tag("e2e")
class KillAndResumeTest {
    private static final int KILLS = Integer.getInteger("finetune4j.kills", 20);
    private static final int STEPS = 24;
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    @Test
    void killedRunsEndAsIfNobodyHadTouchedThem() throws IOException, InterruptedException {
        TinyWorld world = TinyWorld.in(folder);
        Path undisturbed = settings(world, "whole");
        assertEquals(
                0, ForkedRun.start(undisturbed, folder.resolve("whole.log")).waitFor(), log("whole"));
        assertEveryStepIsTold(world.out("whole"));
        Killer killer = new Killer(11);
        int runs = 0;
        while (killer.kills() < KILLS) {
            String name = "killed" + runs++;
            killUntilDone(settings(world, name), world.out(name), killer);
            assertSameResults(world.out("whole"), world.out(name));
        }
        System.out.println(killer.tally() + "; " + runs + " runs, each equal to the unbroken one");
        assertTrue(killer.duringSaves() > 0, killer.tally());
    }

    /**
     * Every epoch of 30 rows ends in a micro-batch of two rows and an update of two micro-batches instead of three; LoRA
     * drops, rows are shuffled, and saves are frequent. The loss of every step is in the log and its gradient norm in the
     * state, which no two orders of the rows share.
     */
    private Path settings(TinyWorld world, String name) throws IOException {
        Path yaml = folder.resolve(name + ".yaml");
        Files.writeString(yaml, """
                model_name_or_path: %s
                dataset: chats
                eval_dataset: held
                dataset_dir: %s
                template: chatml
                cutoff_len: 64
                finetuning_type: lora
                lora_rank: 4
                lora_dropout: 0.1
                learning_rate: 1.0e-2
                lr_scheduler_type: cosine
                max_steps: %d
                per_device_train_batch_size: 4
                gradient_accumulation_steps: 3
                logging_steps: 1
                eval_strategy: steps
                eval_steps: 5
                save_steps: 2
                save_total_limit: 3
                use_cpu: true
                output_dir: %s
                """.formatted(world.model(), world.data(), STEPS, world.out(name)));
        return yaml;
    }

    private static void assertEveryStepIsTold(Path out) throws IOException {
        List<JsonNode> lines = timelessLines(Files.readAllBytes(out.resolve("trainer_log.jsonl")));
        List<Double> losses = lines.stream()
                .filter(line -> line.has("loss"))
                .map(line -> line.get("loss").doubleValue())
                .toList();
        assertEquals(STEPS, losses.size());
        assertEquals(STEPS, Set.copyOf(losses).size(), "every step has a loss of its own: " + losses);
    }

    /** Starts the run again and again until one start, or the one that was killed last, leaves a finished run. */
    private void killUntilDone(Path yaml, Path out, Killer killer) throws IOException, InterruptedException {
        Path log = folder.resolve(out.getFileName() + ".log");
        for (int attempt = 0; attempt < 100; attempt++) {
            Process process = ForkedRun.start(yaml, log);
            if (killer.kills() < KILLS && killer.kill(process, out)) {
                // The last file of a run that evaluates; a kill between it and the exit finds nothing left to do.
                if (Files.exists(out.resolve("eval_results.json"))) {
                    return;
                }
            } else {
                assertEquals(0, process.waitFor(), Files.readString(log));
                return;
            }
        }
        throw new AssertionError(
                "100 starts did not reach the end; " + log(out.getFileName().toString()));
    }

    private void assertSameResults(Path expected, Path actual) throws IOException {
        assertEquals(files(expected), files(actual));
        for (String name : files(expected)) {
            byte[] a = Files.readAllBytes(expected.resolve(name));
            byte[] b = Files.readAllBytes(actual.resolve(name));
            String where = actual.getFileName() + "/" + name;
            if (name.endsWith(".jsonl")) {
                assertEquals(timelessLines(a), timelessLines(b), where);
            } else if (name.endsWith(".json")) {
                assertEquals(timeless(JSON.readTree(a)), timeless(JSON.readTree(b)), where);
            } else {
                assertArrayEquals(a, b, where);
            }
        }
    }

    private static List<String> files(Path folder) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            return paths.filter(Files::isRegularFile)
                    .map(path -> folder.relativize(path).toString())
                    .sorted()
                    .toList();
        }
    }

    private static List<JsonNode> timelessLines(byte[] lines) throws IOException {
        List<JsonNode> nodes = new ArrayList<>();
        for (String line : new String(lines, StandardCharsets.UTF_8).split("\n")) {
            nodes.add(timeless(JSON.readTree(line)));
        }
        return nodes;
    }

    /** Without what the clock and the output folder's name decide. */
    private static JsonNode timeless(JsonNode node) {
        if (node instanceof ObjectNode object) {
            List<String> clocked = new ArrayList<>();
            object.fieldNames().forEachRemaining(name -> {
                if (isClocked(name)) {
                    clocked.add(name);
                }
            });
            object.remove(clocked);
        }
        node.forEach(KillAndResumeTest::timeless);
        return node;
    }

    /** Checksums in {@code files} cover files with times in them; the files themselves are compared. */
    private static boolean isClocked(String name) {
        return name.endsWith("_time")
                || name.endsWith("_runtime")
                || name.contains("_per_second")
                || name.equals("elapsedSeconds")
                || name.equals("output_dir")
                || name.equals("files");
    }

    private String log(String name) throws IOException {
        Path log = folder.resolve(name + ".log");
        return Files.exists(log) ? Files.readString(log) : "";
    }
}
