package dev.finetune4j.finetune;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The main class of a process that runs one settings file and may be killed at any time. */
final class ForkedRun {
    private ForkedRun() {}

    /** Runs the settings file that is named first. */
    public static void main(String[] arguments) {
        FineTune.builder().yaml(Path.of(arguments[0])).build().run();
    }

    /** A process of its own that runs a settings file and appends what it says to a log. */
    static Process start(Path yaml, Path log) throws IOException {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                ForkedRun.class.getName(),
                yaml.toString());
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }
}
