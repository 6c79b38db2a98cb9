package dev.finetune4j.core.weights.pickle;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.error.WeightException;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.testing.NoTensorLeak;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random damage to files of torch.save ends in a {@link WeightException} or in tensors that can be read whole. */
@NoTensorLeak
class PickleFuzzTest {
    private static final int ROUNDS = 1500;
    private static final int[] TELLING = {
        0, 1, 2, 0x7f, 0x80, 0xff, '(', '.', 'R', 'Q', 'b', 'e', 'u', 'q', 'h', 'X', 't'
    };

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"zip.bin", "legacy.bin", "protocol4.bin", "wrapped.bin", "storage_view.bin"})
    void damagedFilesAreRefusedOrReadable(String name) {
        byte[] good = TorchFiles.bytes(TorchFiles.copy(name, folder));
        int[] refused = new int[1];
        long start = cpuTime();
        for (int seed = 0; seed < ROUNDS; seed++) {
            refused[0] += refuses(damage(good, new Random(seed)), seed) ? 1 : 0;
        }
        assertTrue(cpuTime() - start < Duration.ofSeconds(60).toNanos(), "too slow");
        assertTrue(refused[0] > ROUNDS / 10, refused[0] + " of " + ROUNDS + " damaged files refused");
    }

    /** Time that this thread worked: other work on the machine must not fail the test. */
    private static long cpuTime() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static byte[] damage(byte[] good, Random random) {
        byte[] result = good.clone();
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes; i++) {
            int where = random.nextInt(result.length);
            switch (random.nextInt(4)) {
                case 0 -> result[where] = (byte) random.nextInt(256);
                case 1 -> result[where] = (byte) TELLING[random.nextInt(TELLING.length)];
                case 2 -> result[where] ^= (byte) (1 << random.nextInt(8));
                default -> {
                    int length = Math.min(random.nextInt(9), result.length - where);
                    System.arraycopy(result, random.nextInt(result.length - length), result, where, length);
                }
            }
        }
        return random.nextInt(10) == 0 ? Arrays.copyOf(result, random.nextInt(result.length)) : result;
    }

    private boolean refuses(byte[] damaged, int seed) {
        Path file = folder.resolve("f.bin");
        try (Scope scope = Scope.open("fuzz")) {
            Files.write(file, damaged);
            try (PickleWeights source = PickleWeights.open(file)) {
                for (String name : source.entries().keySet()) {
                    long elements = source.entries().get(name).elements();
                    assertTrue(elements <= damaged.length, "seed " + seed + ": " + elements + " elements");
                    Torch.toFloats(source.read(name));
                }
                return false;
            }
        } catch (WeightException e) {
            return true;
        } catch (Exception | StackOverflowError | OutOfMemoryError e) {
            throw new AssertionError("seed " + seed, e);
        }
    }
}
