package dev.finetune4j.finetune.memory;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/** How much memory this machine could still give a run. */
public final class FreeMemory {
    private static final Path MEMINFO = Path.of("/proc/meminfo");

    private FreeMemory() {}

    /**
     * Bytes that are free, or hold nothing but cached files, and that a container's limit allows. Systems without
     * {@code /proc} only tell what nobody uses at all.
     */
    public static long bytes() {
        com.sun.management.OperatingSystemMXBean system =
                ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class);
        try {
            return Math.min(available(Files.readString(MEMINFO)), system.getTotalMemorySize());
        } catch (IOException e) {
            return system.getFreeMemorySize();
        }
    }

    /** The line {@code MemAvailable: 123 kB}. */
    static long available(String meminfo) throws IOException {
        for (String line : meminfo.split("\n")) {
            if (line.startsWith("MemAvailable:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
            }
        }
        throw new IOException("no MemAvailable in " + MEMINFO);
    }
}
