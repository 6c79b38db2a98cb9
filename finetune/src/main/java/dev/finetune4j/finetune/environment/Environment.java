package dev.finetune4j.finetune.environment;

import dev.finetune4j.core.runtime.Bf16SelfTest;
import dev.finetune4j.core.runtime.ComputePolicy;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.finetune.memory.FreeMemory;
import dev.finetune4j.finetune.memory.MemoryEstimate;
import java.lang.management.ManagementFactory;
import java.util.Locale;

/** Describes the machine as the library sees it, for people who ask why a run is slow or does not start. */
public final class Environment {
    private final StringBuilder out = new StringBuilder();

    private Environment() {}

    /** A page of facts, one a line. Loads the native libraries and multiplies a few matrices. */
    public static String describe() {
        Environment page = new Environment();
        page.platform();
        page.libraries();
        page.devices();
        page.compute();
        page.memory();
        return page.out.toString();
    }

    private void line(String title, String format, Object... values) {
        out.append(String.format(Locale.ROOT, "%-14s ", title))
                .append(String.format(Locale.ROOT, format, values))
                .append('\n');
    }

    private void platform() {
        line(
                "java",
                "%s, %s, heap limit %s",
                Runtime.version(),
                System.getProperty("java.home"),
                MemoryEstimate.megabytes(Runtime.getRuntime().maxMemory()));
        line(
                "system",
                "%s %s, %s, %d processors",
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                System.getProperty("os.arch"),
                Runtime.getRuntime().availableProcessors());
        line("processor", "%s", Processor.describe());
    }

    private void libraries() {
        Torch.load();
        NativeLibraries.loaded().forEach(library -> line(library.name(), "%s", library.path()));
        NativeLibraries.versions().forEach((name, version) -> line(name, "%s", version));
    }

    private void devices() {
        Device device = Device.parse("auto");
        line("device", "%s, %d threads an operator", device, Torch.threads());
        if (!device.isCuda()) {
            line("", "%s", NativeLibraries.whyNoCuda());
        }
    }

    private void compute() {
        Bf16SelfTest.Result test = Bf16SelfTest.run(Device.CPU);
        line(
                "bf16",
                "a product takes %.2f ms in bf16 and %.2f ms in fp32, so bf16 is %s on this processor",
                test.bf16Seconds() * 1e3,
                test.fp32Seconds() * 1e3,
                test.fast() ? "multiplied as it is" : "widened");
        line("bf16: true", "%s", ComputePolicy.choose(true, false, test.fast()).reason());
        line("bf16 model", "%s", ComputePolicy.choose(false, true, test.fast()).reason());
        line("otherwise", "%s", ComputePolicy.FP32.reason());
    }

    private void memory() {
        com.sun.management.OperatingSystemMXBean system =
                ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class);
        line(
                "memory",
                "%s of %s available",
                MemoryEstimate.megabytes(FreeMemory.bytes()),
                MemoryEstimate.megabytes(system.getTotalMemorySize()));
    }
}
