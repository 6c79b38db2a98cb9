package dev.finetune4j.finetune.environment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The processor's name and the instructions that matter for products. */
final class Processor {
    private static final Path CPUINFO = Path.of("/proc/cpuinfo");
    private static final List<String> FEATURES = List.of(
            "avx",
            "avx2",
            "fma",
            "avx512f",
            "avx512_vnni",
            "avx512_bf16",
            "avx512_fp16",
            "amx_bf16",
            "amx_int8",
            "asimd",
            "bf16");

    private Processor() {}

    static String describe() {
        try {
            return describe(Files.readString(CPUINFO));
        } catch (IOException e) {
            return System.getProperty("os.arch") + "; its features are not told on this system";
        }
    }

    /** From the text of {@code /proc/cpuinfo}. */
    static String describe(String cpuinfo) {
        String name = value(cpuinfo, "model name");
        String flags = value(cpuinfo, "flags").isEmpty() ? value(cpuinfo, "Features") : value(cpuinfo, "flags");
        List<String> present = new ArrayList<>(FEATURES);
        present.retainAll(Arrays.asList(flags.split("\\s+")));
        return (name.isEmpty() ? System.getProperty("os.arch") : name) + "; " + String.join(" ", present);
    }

    private static String value(String cpuinfo, String key) {
        for (String line : cpuinfo.split("\n")) {
            int colon = line.indexOf(':');
            if (colon > 0 && line.substring(0, colon).strip().equals(key)) {
                return line.substring(colon + 1).strip();
            }
        }
        return "";
    }
}
