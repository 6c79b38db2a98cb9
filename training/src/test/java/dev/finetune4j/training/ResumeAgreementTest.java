package dev.finetune4j.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.finetune4j.core.testing.NoTensorLeak;
import dev.finetune4j.training.TrainerOptions.Interval;
import dev.finetune4j.training.checkpoint.Checkpoints;
import dev.finetune4j.training.listener.TrainerLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that is killed and goes on ends as the unbroken one, bit for bit. */
@NoTensorLeak
class ResumeAgreementTest {
    @TempDir
    Path folder;

    /** Shuffling, dropout, accumulation, epochs that end in a partial batch, a window of several steps, everything due. */
    private RunFixture fixture(String name) {
        RunFixture fixture = new RunFixture(folder.resolve(name));
        fixture.epochs = 3;
        fixture.logging = new TrainerOptions.Logging(Interval.STEPS, 2, true, true, false, 12);
        fixture.evaluation = new TrainerOptions.Evaluation(Interval.STEPS, 3.0, 0, false);
        fixture.saving = new TrainerOptions.Saving(Interval.STEPS, 2, 2, false);
        fixture.best = new TrainerOptions.Best(false, "loss", null, null);
        return fixture;
    }

    private RunFixture.Outcome killedUntilDone(
            String name, SplittableRandom random, java.util.function.Consumer<RunFixture> change) {
        Map<Long, List<Long>> walked = new LinkedHashMap<>();
        int deaths = 0;
        while (true) {
            RunFixture fixture = fixture(name);
            change.accept(fixture);
            PulledPlug plug = new PulledPlug(deaths < 5 ? 1 + random.nextInt(90) : Integer.MAX_VALUE);
            fixture.disk = plug.disk();
            fixture.wrapper = plug::wrap;
            try {
                fixture.resume = Checkpoints.newest(fixture.folder);
                RunFixture.Outcome outcome = fixture.run();
                merge(walked, fixture.walked);
                assertTrue(deaths > 0, "the run was to be killed");
                rows = walked;
                return outcome;
            } catch (PulledPlug.Death e) {
                deaths++;
                kills++;
                merge(walked, fixture.walked);
            }
        }
    }

    private Map<Long, List<Long>> rows = Map.of();
    private int kills;

    /** Steps made again must have made the same rows; the last one of a killed session may be incomplete. */
    private static void merge(Map<Long, List<Long>> all, Map<Long, List<Long>> session) {
        session.forEach((step, numbers) -> {
            List<Long> before = all.getOrDefault(step, List.of());
            int common = Math.min(before.size(), numbers.size());
            assertEquals(before.subList(0, common), numbers.subList(0, common), "rows of step " + step);
            all.put(step, numbers.size() >= before.size() ? numbers : before);
        });
    }

    @Test
    void twentyKilledRunsEndAsTheUnbrokenOne() throws IOException {
        RunFixture unbroken = fixture("unbroken");
        RunFixture.Outcome expected = unbroken.run();
        assertEquals(9, expected.result().state().step());
        for (int seed = 0; seed < 20; seed++) {
            RunFixture.Outcome actual = killedUntilDone("killed" + seed, new SplittableRandom(seed), f -> {});
            assertEquals(unbroken.walked, new TreeMap<>(rows));
            assertSame(expected, actual, "killed" + seed);
        }
        assertTrue(kills >= 60, kills + " kills");
    }

    @Test
    void epochStrategiesWithEarlyStoppingEndAsTheUnbrokenOne() throws IOException {
        java.util.function.Consumer<RunFixture> change = f -> {
            f.epochs = 5;
            f.logging = new TrainerOptions.Logging(Interval.EPOCH, 2, false, false, false, 12);
            f.evaluation = new TrainerOptions.Evaluation(Interval.EPOCH, null, 0, false);
            f.saving = new TrainerOptions.Saving(Interval.EPOCH, 2, null, false);
            f.best = new TrainerOptions.Best(true, "accuracy", null, 2);
            f.schedule = "reduce_lr_on_plateau";
            f.scheduleKwargs = Map.of("patience", 0, "mode", "max");
            f.warmup = 0;
        };
        RunFixture unbroken = fixture("unbroken");
        change.accept(unbroken);
        RunFixture.Outcome expected = unbroken.run();
        for (int seed = 0; seed < 5; seed++) {
            RunFixture.Outcome actual = killedUntilDone("killed" + seed, new SplittableRandom(100 + seed), change);
            assertSame(expected, actual, "killed" + seed);
        }
    }

    @Test
    void savingMoreOftenThanLoggingKeepsTheLossWindow() throws IOException {
        java.util.function.Consumer<RunFixture> change = f -> {
            f.logging = new TrainerOptions.Logging(Interval.STEPS, 4, false, false, false, 12);
            f.saving = new TrainerOptions.Saving(Interval.STEPS, 1, 1, false);
            f.maxSteps = 8;
        };
        RunFixture unbroken = fixture("unbroken");
        change.accept(unbroken);
        RunFixture.Outcome expected = unbroken.run();
        for (int seed = 0; seed < 5; seed++) {
            assertSame(
                    expected,
                    killedUntilDone("killed" + seed, new SplittableRandom(200 + seed), change),
                    "killed" + seed);
        }
    }

    @Test
    void aStoppedRunGoesOnAsIfItHadNot() throws IOException {
        RunFixture.Outcome expected = fixture("unbroken").run();
        RunFixture.Outcome last = null;
        for (int stop = 2; last == null || last.result().stoppedByUser(); stop += 3) {
            RunFixture fixture = fixture("stopped");
            fixture.resume = Checkpoints.newest(fixture.folder);
            int at = stop;
            Trainer[] trainer = new Trainer[1];
            fixture.beforeRun = t -> trainer[0] = t;
            fixture.listeners.add(new dev.finetune4j.training.listener.TrainingListener() {
                @Override
                public void stepEnded(dev.finetune4j.training.listener.RunView run) {
                    if (run.step() == at) {
                        trainer[0].stop();
                    }
                }
            });
            last = fixture.run();
            assertEquals(Math.min(at, 9), last.result().state().step());
        }
        assertSame(expected, last, "stopped");
    }

    private void assertSame(RunFixture.Outcome expected, RunFixture.Outcome actual, String name) throws IOException {
        assertArrays(expected.values(), actual.values());
        assertArrays(expected.moments(), actual.moments());
        assertEquals(
                withoutTimes(expected.result().state().history()),
                withoutTimes(actual.result().state().history()));
        assertEquals(
                withoutTimes(List.of(expected.result().metrics())),
                withoutTimes(List.of(actual.result().metrics())));
        assertEquals(log("unbroken"), log(name));
        assertEquals(names("unbroken"), names(name));
    }

    private static void assertArrays(Map<String, float[]> expected, Map<String, float[]> actual) {
        assertEquals(expected.keySet(), actual.keySet());
        expected.forEach((key, values) -> assertArrayEquals(values, actual.get(key), key));
    }

    /** As the file has them: in the order of keys, whatever Java type a number has. */
    private static List<String> withoutTimes(List<Map<String, Number>> entries) {
        List<String> result = new ArrayList<>();
        for (Map<String, Number> entry : entries) {
            Map<String, Object> kept = new TreeMap<>(entry);
            kept.keySet().removeIf(k -> k.contains("runtime") || k.contains("per_sec"));
            result.add(kept.toString());
        }
        return result;
    }

    private List<Map<String, Object>> log(String name) throws IOException {
        List<Map<String, Object>> lines = new ArrayList<>();
        for (String line : Files.readAllLines(folder.resolve(name).resolve(TrainerLog.NAME))) {
            Map<String, Object> fields =
                    new ObjectMapper().readValue(line, new TypeReference<LinkedHashMap<String, Object>>() {});
            fields.keySet().removeAll(List.of("elapsed_time", "remaining_time", "throughput"));
            lines.add(fields);
        }
        return lines;
    }

    private List<String> names(String name) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve(name))) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }
}
