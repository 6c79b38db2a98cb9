package dev.finetune4j.finetune;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes that are killed at random instants, some of them while they save, until one reaches the end. What is left must be
 * what a run leaves that nobody disturbed: weights, moments, log and order of rows, byte for byte.
 */
@Tag("e2e")
class KillAndResumeTest {
    private static final int KILLS = Integer.getInteger("finetune4j.kills", 20);
    private static final int STEPS = 24;
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    private int killedWhileSaving;

    @Test
    void killedRunsEndAsIfNobodyHadTouchedThem() throws IOException, InterruptedException {
        TinyWorld world = TinyWorld.in(folder);
        Path undisturbed = settings(world, "whole");
        assertEquals(
                0, ForkedRun.start(undisturbed, folder.resolve("whole.log")).waitFor(), log("whole"));
        Random random = new Random(11);
        int kills = 0;
        int round = 0;
        while (kills < KILLS) {
            String name = "killed" + round++;
            int killed = killUntilDone(settings(world, name), world.out(name), random, KILLS - kills);
            assertTrue(killed > 0, "no kill hit; " + log(name));
            kills += killed;
            assertSameResults(world.out("whole"), world.out(name));
        }
        assertTrue(killedWhileSaving > 0, "no kill hit a save");
    }

    /**
     * Every epoch of 30 rows ends in a micro-batch of two rows and an update of one micro-batch; LoRA drops, rows are
     * shuffled, and saves are frequent.
     */
    private Path settings(TinyWorld world, String name) throws IOException {
        Path yaml = folder.resolve(name + ".yaml");
        Files.writeString(yaml, """
                model_name_or_path: %s
                dataset: chats
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
                gradient_accumulation_steps: 2
                logging_steps: 3
                save_steps: 2
                save_total_limit: 3
                use_cpu: true
                output_dir: %s
                """.formatted(world.model(), world.data(), STEPS, world.out(name)));
        return yaml;
    }

    /** Starts the run again and again; returns how often it was killed, at most so often. */
    private int killUntilDone(Path yaml, Path out, Random random, int most) throws IOException, InterruptedException {
        int killed = 0;
        for (int attempt = 0; attempt < 200; attempt++) {
            Path log = folder.resolve(out.getFileName() + ".log");
            Process process = ForkedRun.start(yaml, log);
            boolean spare = killed >= most;
            if (!spare && killedInTime(process, out, random, attempt % 2 == 0)) {
                killed++;
                // The mark of a finished run is its last file; a kill between it and the exit finds nothing left to do.
                if (Files.exists(out.resolve("train_results.json"))) {
                    return killed;
                }
                continue;
            }
            assertEquals(0, process.waitFor(), Files.readString(log));
            return killed;
        }
        throw new AssertionError(
                "200 attempts did not reach the end; " + log(out.getFileName().toString()));
    }

    /** Waits until the process has begun to work, and then for a random while, or until it is about to save. */
    private boolean killedInTime(Process process, Path out, Random random, boolean whileSaving)
            throws IOException, InterruptedException {
        List<String> before = names(out);
        int patience = random.nextInt(400);
        int waited = 0;
        while (!process.waitFor(1, TimeUnit.MILLISECONDS)) {
            List<String> now = names(out);
            boolean working = !now.equals(before);
            boolean saving = now.stream().anyMatch(name -> name.startsWith("incomplete-"));
            if (working && (whileSaving ? saving && waited > patience / 8 : waited > patience)) {
                process.destroyForcibly().waitFor();
                boolean unfinished = names(out).stream().anyMatch(name -> name.startsWith("incomplete-"));
                killedWhileSaving += unfinished ? 1 : 0;
                return process.exitValue() != 0;
            }
            waited += working ? 1 : 0;
        }
        return false;
    }

    private static List<String> names(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> paths = Files.list(folder)) {
            return paths.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    private void assertSameResults(Path expected, Path actual) throws IOException {
        assertEquals(files(expected), files(actual));
        for (String name : files(expected)) {
            byte[] a = Files.readAllBytes(expected.resolve(name));
            byte[] b = Files.readAllBytes(actual.resolve(name));
            if (name.endsWith(".safetensors")) {
                assertArrayEquals(a, b, name);
            } else if (name.endsWith(".json")) {
                assertEquals(timeless(JSON.readTree(a)), timeless(JSON.readTree(b)), name);
            } else if (name.endsWith(".jsonl")) {
                assertEquals(timelessLines(a), timelessLines(b), name);
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
        for (String line : new String(lines, java.nio.charset.StandardCharsets.UTF_8).split("\n")) {
            nodes.add(timeless(JSON.readTree(line)));
        }
        return nodes;
    }

    /** Without what the clock and the output folder's name decide. */
    private static JsonNode timeless(JsonNode node) {
        if (node instanceof ObjectNode object) {
            List<String> clocked = new ArrayList<>();
            object.fieldNames().forEachRemaining(name -> {
                if (name.endsWith("_time")
                        || name.endsWith("_runtime")
                        || name.endsWith("_per_second")
                        || name.equals("elapsedSeconds")
                        || name.equals("output_dir")
                        || name.equals("files")) {
                    clocked.add(name);
                }
            });
            object.remove(clocked);
        }
        node.forEach(KillAndResumeTest::timeless);
        return node;
    }

    private String log(String name) throws IOException {
        Path log = folder.resolve(name + ".log");
        return Files.exists(log) ? Files.readString(log) : "";
    }
}
