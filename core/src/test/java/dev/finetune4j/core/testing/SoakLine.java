package dev.finetune4j.core.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.finetune4j.core.runtime.Scope;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a long run in a process of its own says every so often: native objects alive and resident memory. The process has a
 * heap that is touched whole at start, so that what grows is native.
 *
 * @param kilobytes 0 where there is no Linux to ask; a test then looks at the objects alone
 */
public record SoakLine(int step, long objects, long kilobytes, double loss) {
    /** Prints the line of now. */
    public static void print(int step, double loss) {
        System.out.println(step + " " + Scope.liveObjects() + " " + residentKilobytes() + " " + loss);
    }

    private static long residentKilobytes() {
        Path status = Path.of("/proc/self/status");
        try {
            for (String line : Files.exists(status) ? Files.readAllLines(status) : List.<String>of()) {
                if (line.startsWith("VmRSS:")) {
                    return Long.parseLong(line.replaceAll("\\D", ""));
                }
            }
            return 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Lines of a program that prints nothing else, once it has ended well. */
    public static List<SoakLine> of(Class<?> program, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms96m",
                "-Xmx96m",
                "-XX:+AlwaysPreTouch",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                program.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        // One thread: on a busy machine the threads of a small operator wait for each other longer than they work.
        builder.environment().put("OMP_NUM_THREADS", "1");
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        return output.lines().map(SoakLine::parsed).toList();
    }

    private static SoakLine parsed(String text) {
        String[] parts = text.split(" ");
        return new SoakLine(
                Integer.parseInt(parts[0]),
                Long.parseLong(parts[1]),
                Long.parseLong(parts[2]),
                Double.parseDouble(parts[3]));
    }
}
