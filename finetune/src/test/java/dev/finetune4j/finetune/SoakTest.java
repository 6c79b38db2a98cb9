package dev.finetune4j.finetune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Long runs through the facade keep no native object and grow no memory: of {@code -Dfinetune4j.soak} steps, 300 unless told.
 */
@Tag("e2e")
class SoakTest {
    private static final int STEPS = Integer.getInteger("finetune4j.soak", 300);
    /** What fragmentation may add after the first third of a run. */
    private static final long ALLOWED_KILOBYTES = 8 * 1024;

    @TempDir
    private Path folder;

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
    void longRunsLeaveNothingBehind() throws Exception {
        List<Line> lines = run();
        assertEquals(STEPS / SoakRun.EVERY, lines.size());
        // Before it, the first evaluation and the first checkpoint have made what they keep.
        Line settled = lines.get(lines.size() / 3);
        for (Line line : lines.subList(lines.size() / 3, lines.size())) {
            assertEquals(settled.objects, line.objects, "native objects after step " + line.step + " of " + lines);
        }
        Line end = lines.get(lines.size() - 1);
        System.out.println("first " + lines.get(0) + ", settled " + settled + ", end " + end);
        assertTrue(end.kilobytes - settled.kilobytes <= ALLOWED_KILOBYTES, "resident memory grew: " + lines);
        assertTrue(end.loss < lines.get(0).loss, "nothing was learned: " + lines);
    }

    private List<Line> run() throws IOException, InterruptedException {
        TinyWorld.in(folder);
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xms96m",
                        "-Xmx96m",
                        "-XX:+AlwaysPreTouch",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SoakRun.class.getName(),
                        folder.toString(),
                        Integer.toString(STEPS))
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        // One thread: on a busy machine the threads of a small operator wait for each other longer than they work.
        builder.environment().put("OMP_NUM_THREADS", "1");
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        return output.lines().map(Line::of).toList();
    }
}
