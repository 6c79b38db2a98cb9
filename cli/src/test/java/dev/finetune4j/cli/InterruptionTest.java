package dev.finetune4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Processes of the command line that get a real signal while they train. */
@Tag("e2e")
class InterruptionTest {
    @TempDir
    private Path folder;

    private CommandWorld world;

    /** How a process ended and what it said on standard error, without the plan. */
    private record Ending(int code, List<String> err) {
        String last() {
            return err.get(err.size() - 1);
        }
    }

    @BeforeEach
    void makeRun() throws IOException {
        world = CommandWorld.in(folder);
    }

    @ParameterizedTest
    @CsvSource({"TERM, 143", "INT, 130"})
    void signalsEndTheRunAfterItsStepAndTheSameCommandGoesOn(String signal, int code) throws Exception {
        assumeFalse(signal.equals("INT") && ignoresInterrupts(), "started in the background, where INT is ignored");
        Ending stopped = signalled(signal, "max_steps=1000000", "save_steps=500000", "plot_loss=true");
        assertEquals(code, stopped.code(), stopped.toString());
        assertEquals(2, stopped.err().size(), stopped.toString());
        assertEquals("Stopping after this step.", stopped.err().get(0));
        int step = stepOf(stopped.last());
        Path checkpoint = world.out().resolve("checkpoint-" + step);
        assertEquals(
                "Stopped after step " + step + ". The same command goes on from " + checkpoint + ".", stopped.last());
        assertTrue(Files.isDirectory(checkpoint), stopped.toString());
        assertTrue(Files.exists(world.out().resolve("training_loss.png")));
        assertFalse(Files.exists(world.out().resolve("train_results.json")), "the run is not finished");

        Ending finished = undisturbed("max_steps=" + (step + 2), "save_steps=500000");
        assertEquals(0, finished.code(), finished.toString());
        assertTrue(Files.exists(world.out().resolve("train_results.json")));
        assertTrue(
                Files.readString(world.out().resolve("trainer_log.jsonl"))
                        .contains("\"current_steps\":" + (step + 2) + ","),
                "the log goes on to the last step");
    }

    /** Shells start background jobs that way; a virtual machine hands it down and obeys it. */
    private static boolean ignoresInterrupts() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return false;
        }
        String mask = Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .findFirst()
                .orElse("SigIgn: 0")
                .substring(7)
                .strip();
        return (Long.parseUnsignedLong(mask, 16) & 2) != 0;
    }

    @Test
    void runsThatOverwriteAreToldHowToGoOn() throws Exception {
        Ending stopped = signalled("TERM", "max_steps=1000000", "save_steps=500000", "overwrite_output_dir=true");
        int step = stepOf(stopped.last());
        assertEquals(
                "Stopped after step " + step + ". To go on, add resume_from_checkpoint="
                        + world.out().resolve("checkpoint-" + step) + " to the command.",
                stopped.last());
    }

    @Test
    void runsThatSaveNothingSaySo() throws Exception {
        Ending stopped = signalled("TERM", "max_steps=1000000", "save_strategy=no");
        assertTrue(stopped.last().contains("no checkpoint to go on from"), stopped.toString());
        assertTrue(Files.exists(world.out().resolve("model.safetensors")));
    }

    @Test
    void evaluationsStopAtOnce() throws Exception {
        Process process = start("do_train=false", "do_eval=true", "eval_dataset=many", "per_device_eval_batch_size=1");
        try (BufferedReader err = process.errorReader(StandardCharsets.UTF_8)) {
            awaitLine(err, "output ");
            Ending ending = signal("TERM", process, err);
            assertEquals(143, ending.code(), ending.toString());
            assertTrue(ending.last().startsWith("Stopped. An evaluation"), ending.toString());
        }
    }

    private static int stepOf(String farewell) {
        assertTrue(farewell.startsWith("Stopped after step "), farewell);
        return Integer.parseInt(farewell.split("[ .]+")[3]);
    }

    /** Starts the command, waits until it has logged a step, and sends it a signal. */
    private Ending signalled(String signal, String... settings) throws Exception {
        Process process = start(settings);
        try (BufferedReader err = process.errorReader(StandardCharsets.UTF_8)) {
            awaitLine(err, "output ");
            awaitFirstStep(process);
            return signal(signal, process, err);
        }
    }

    private Ending undisturbed(String... settings) throws Exception {
        Process process = start(settings);
        try (BufferedReader err = process.errorReader(StandardCharsets.UTF_8)) {
            return ending(process, err);
        }
    }

    private Process start(String... settings) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Djava.awt.headless=true",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "train",
                world.yaml().toString()));
        command.addAll(List.of(settings));
        return new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static void awaitLine(BufferedReader err, String start) throws IOException {
        for (String line = err.readLine(); line != null; line = err.readLine()) {
            if (line.startsWith(start)) {
                return;
            }
        }
        throw new AssertionError("the process ended without a line that starts with " + start);
    }

    private void awaitFirstStep(Process process) throws IOException, InterruptedException {
        Path log = world.out().resolve("trainer_log.jsonl");
        while (!Files.exists(log) || Files.size(log) == 0) {
            assertFalse(process.waitFor(5, TimeUnit.MILLISECONDS), "the process ended before its first step");
        }
    }

    private static Ending signal(String name, Process process, BufferedReader err) throws Exception {
        int rc = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
        assertEquals(0, rc, "kill");
        return ending(process, err);
    }

    private static Ending ending(Process process, BufferedReader err) throws Exception {
        List<String> lines = err.lines().toList();
        return new Ending(process.waitFor(), lines);
    }
}
