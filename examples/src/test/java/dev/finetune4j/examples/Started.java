package dev.finetune4j.examples;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Consumer;

/** An example as its user starts it, except that it ends after a few steps, on a few rows, in another folder. */
final class Started {
    /** The repository's root, where users start examples. */
    static final Path ROOT = Path.of(System.getProperty("finetune4j.root", ".."));

    private Started() {}

    /** Settings that make an example short, and independent of the folder that tests run in. */
    static String[] shortly(Path output, int steps) {
        return new String[] {
            "model_name_or_path=" + ROOT.resolve("examples/quickstart/model"),
            "dataset_dir=" + ROOT.resolve("examples/quickstart/data"),
            "output_dir=" + output,
            "max_steps=" + steps,
            "max_samples=64",
            "logging_steps=1",
            "use_cpu=true"
        };
    }

    /** What {@code main} prints to standard output. */
    static String output(Consumer<String[]> main, String... settings) {
        PrintStream before = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try (PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
            System.setOut(out);
            main.accept(settings);
        } finally {
            System.setOut(before);
        }
        return printed.toString(StandardCharsets.UTF_8);
    }
}
