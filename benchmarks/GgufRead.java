import com.sun.management.OperatingSystemMXBean;
import dev.finetune4j.core.gguf.GgufWeights;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.weights.WeightFolder;
import dev.finetune4j.core.weights.WeightSource;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;

/**
 * Seconds that all tensors of a GGUF file take from opening to being widened, each into memory that is let go before the
 * next; with a folder of safetensors beside it also whether both hold the same bits.
 *
 * <p>Run by {@code gguf.sh}: {@code FILE.gguf [FOLDER]}.
 */
public final class GgufRead {
    private static final int ROUNDS = 5;
    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private GgufRead() {}

    public static void main(String[] arguments) {
        Path file = Path.of(arguments[0]);
        Torch.load();
        for (int round = 0; round < ROUNDS; round++) {
            long start = System.nanoTime();
            long processor = SYSTEM.getProcessCpuTime();
            long bytes = readAll(file);
            double seconds = (System.nanoTime() - start) / 1e9;
            double busy = (SYSTEM.getProcessCpuTime() - processor) / 1e9;
            System.out.printf(
                    Locale.ROOT,
                    "round %d  %.3f s  %.3f processor s  %.2f GB/s%n",
                    round + 1,
                    seconds,
                    busy,
                    bytes / seconds / 1e9);
        }
        if (arguments.length > 1) {
            compare(file, Path.of(arguments[1]));
        }
    }

    private static long readAll(Path file) {
        long bytes = 0;
        try (WeightSource weights = GgufWeights.open(file)) {
            for (Map.Entry<String, WeightSource.Entry> entry : weights.entries().entrySet()) {
                try (Scope scope = Scope.open("read")) {
                    Tensor target = Torch.empty(entry.getValue().dtype(), Device.CPU, entry.getValue().shape());
                    weights.readInto(entry.getKey(), target);
                    bytes += target.nbytes();
                }
            }
        }
        return bytes;
    }

    private static void compare(Path file, Path folder) {
        int equal = 0;
        try (WeightSource weights = GgufWeights.open(file);
                WeightSource expected = WeightFolder.open(folder)) {
            for (String name : expected.entries().keySet()) {
                try (Scope scope = Scope.open("compare")) {
                    Tensor want = expected.read(name);
                    Tensor got = weights.read(name).to(want.dtype());
                    if (!got.equal(want)) {
                        System.out.println("differs: " + name + " " + Objects.requireNonNull(expected.entries().get(name)));
                    } else {
                        equal++;
                    }
                }
            }
            System.out.printf(
                    "%d of %d tensors equal bit for bit; the file has %d%n",
                    equal, expected.entries().size(), weights.entries().size());
        }
    }
}
