import dev.finetune4j.core.model.Decoder;
import dev.finetune4j.core.model.build.DecoderLoader;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.attention.AttentionKernels;
import dev.finetune4j.core.runtime.ComputePolicy;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.weights.WeightFolder;
import dev.finetune4j.core.weights.WeightSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * How much memory a checkpoint takes while it is loaded: the peak of resident memory above what the process had before,
 * against the bytes that its parameters are stored in and the largest of them. Linux only. Run by {@code load.sh}.
 */
public final class LoadMemory {
    private LoadMemory() {}

    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        ModelConfig config = ConfigFile.open(folder).read();
        Torch.load();
        try (Scope scope = Scope.open("warm up")) {
            // The first operator starts libtorch's threads and loads oneDNN, which is not what is measured here.
            Torch.product(
                    Torch.zeros(DType.FLOAT32, Device.CPU, 64, 64), Torch.zeros(DType.FLOAT32, Device.CPU, 64, 64), null);
        }
        DecoderLoader loader = new DecoderLoader(
                config,
                ComputePolicy.FP32,
                AttentionKernels.fastest(config.attention(), DType.FLOAT32, Device.CPU),
                Device.CPU);
        long stored = 0;
        long largest = 0;
        try (WeightSource source = WeightFolder.open(folder)) {
            for (WeightSource.Entry entry : source.entries().values()) {
                long bytes = entry.elements() * entry.dtype().bytes();
                stored += bytes;
                largest = Math.max(largest, bytes);
            }
        }
        System.gc();
        Files.writeString(Path.of("/proc/self/clear_refs"), "5");
        long before = status("VmRSS");
        long start = System.nanoTime();
        Decoder decoder = loader.load(folder);
        double seconds = (System.nanoTime() - start) / 1e9;
        long peak = status("VmHWM");
        long after = status("VmRSS");
        decoder.close();
        print("stored", stored);
        print("largest tensor", largest);
        print("resident before", before);
        print("peak of loading, above", peak - before);
        print("left after it, above", after - before);
        print("peak above stored", peak - before - stored);
        System.out.printf(Locale.ROOT, "%-24s %.2f s%n", "loading took", seconds);
        boolean holds = peak - before <= stored + largest;
        System.out.println(holds ? "within stored size plus one tensor" : "MORE THAN STORED SIZE PLUS ONE TENSOR");
        System.exit(holds ? 0 : 1);
    }

    private static void print(String what, long bytes) {
        System.out.printf(Locale.ROOT, "%-24s %7.1f MB%n", what, bytes / 1e6);
    }

    private static long status(String key) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith(key + ":")) {
                return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
            }
        }
        throw new IOException("/proc/self/status has no " + key);
    }
}
