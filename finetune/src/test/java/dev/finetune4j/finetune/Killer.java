package dev.finetune4j.finetune;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Kills processes without warning, at instants that it draws, and counts what they were doing. */
final class Killer {
    /** When to kill. */
    private enum Aim {
        /** While a checkpoint, a model file or a log is half-written or half-deleted. */
        SAVE,
        /** A while after the process has begun to write. */
        WORK,
        /** Any time after its start, which mostly hits the reading of data, model and checkpoint. */
        ANY
    }

    private static final int WORK_MILLIS = 1000;
    private static final int LIFE_MILLIS = 4000;

    private final Random random;
    private final Map<Aim, Integer> aimed = new EnumMap<>(Aim.class);
    private int kills;
    private int duringSaves;
    private int duringWork;

    Killer(long seed) {
        this.random = new Random(seed);
    }

    int kills() {
        return kills;
    }

    int duringSaves() {
        return duringSaves;
    }

    /** What was hit, for people. */
    String tally() {
        return kills + " kills: " + duringSaves + " during a save, " + duringWork + " between saves, "
                + (kills - duringSaves - duringWork) + " before anything was written; aimed at " + aimed;
    }

    /** Whether it was killed before it ended by itself; if not, it is still waited for. */
    boolean kill(Process process, Path out) throws InterruptedException {
        Aim aim = aim();
        List<String> before = names(out);
        int patience = random.nextInt(aim == Aim.ANY ? LIFE_MILLIS : WORK_MILLIS);
        long ready = aim == Aim.ANY ? System.nanoTime() : Long.MAX_VALUE;
        while (!process.waitFor(1, TimeUnit.MILLISECONDS)) {
            List<String> now = names(out);
            if (ready == Long.MAX_VALUE && !now.equals(before)) {
                ready = System.nanoTime();
            }
            boolean patient = ready == Long.MAX_VALUE || System.nanoTime() - ready < patience * 1_000_000L;
            if (!patient && (aim != Aim.SAVE || saving(now))) {
                process.destroyForcibly().waitFor();
                return count(process, aim, before, names(out));
            }
        }
        return false;
    }

    private boolean count(Process process, Aim aim, List<String> before, List<String> after) {
        // The process may have ended by itself a moment before.
        if (process.exitValue() == 0) {
            return false;
        }
        kills++;
        aimed.merge(aim, 1, Integer::sum);
        if (saving(after)) {
            duringSaves++;
        } else if (!after.equals(before)) {
            duringWork++;
        }
        return true;
    }

    private Aim aim() {
        int draw = random.nextInt(10);
        return draw < 5 ? Aim.SAVE : draw < 9 ? Aim.WORK : Aim.ANY;
    }

    private static boolean saving(List<String> names) {
        return names.stream()
                .anyMatch(n -> n.startsWith("incomplete-") || n.startsWith("discarded-") || n.endsWith(".incomplete"));
    }

    private static List<String> names(Path folder) {
        try (Stream<Path> paths = Files.list(folder)) {
            return paths.map(path -> path.getFileName().toString()).sorted().toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
