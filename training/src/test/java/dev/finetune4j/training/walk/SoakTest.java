package dev.finetune4j.training.walk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Steps of random lengths leave nothing behind: the number of native objects is the same after every step, and resident
 * memory is flat once the allocator has seen the longest batches.
 *
 * <p>The long run: {@code mvn -pl training -am test -Dtest=SoakTest -Dtest.groups.excluded=device
 * -Dsurefire.failIfNoSpecifiedTests=false}
 */
class SoakTest {
    /** What fragmentation may add after the first third of a run. */
    private static final long ALLOWED_KILOBYTES = 24 * 1024;

    private record Line(int step, long objects, long kilobytes, double loss) {
        static Line of(String text) {
            String[] parts = text.split(" ");
            return new Line(
                    Integer.parseInt(parts[0]),
                    Long.parseLong(parts[1]),
                    Long.parseLong(parts[2]),
                    Double.parseDouble(parts[3]));
        }
    }

    @Test
    void threeHundredStepsLeaveNothingBehind() throws Exception {
        check(300);
    }

    @Test
    @Tag("bench")
    void threeThousandStepsLeaveNothingBehind() throws Exception {
        check(3000);
    }

    private static void check(int steps) throws Exception {
        List<Line> lines = run(steps);
        assertEquals(steps / 25, lines.size());
        Line start = lines.get(lines.size() / 3);
        for (Line line : lines) {
            assertEquals(start.objects, line.objects, "native objects after step " + line.step + " of " + lines);
        }
        Line end = lines.get(lines.size() - 1);
        assertTrue(end.kilobytes - start.kilobytes <= ALLOWED_KILOBYTES, "resident memory grew: " + lines);
        assertTrue(end.loss < lines.get(0).loss, "nothing was learned: " + lines);
    }

    private static List<Line> run(int steps) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xms96m",
                        "-Xmx96m",
                        "-XX:+AlwaysPreTouch",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SoakRun.class.getName(),
                        Integer.toString(steps))
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        // One thread: on a busy machine the threads of a small operator wait for each other longer than they work.
        builder.environment().put("OMP_NUM_THREADS", "1");
        Process process = builder.start();
        List<Line> lines = new ArrayList<>();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        output.lines().forEach(line -> lines.add(Line.of(line)));
        assertEquals(0, process.waitFor(), output);
        return lines;
    }
}
