package dev.finetune4j.core.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.error.WeightException;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.testing.NoTensorLeak;
import dev.finetune4j.core.testing.RawSafetensors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random damage to a good file ends in a {@link WeightException} or in tensors that can be read whole, never otherwise. */
@NoTensorLeak
class SafetensorsFuzzTest {
    private static final int ROUNDS = 2000;
    private static final String SIGNS = "0123456789-+.eE\"[]{},:_ truefalsnFBU";

    @TempDir
    Path folder;

    @Test
    void damagedFilesAreRefusedOrReadable() {
        String header =
                "{\"__metadata__\":{\"format\":\"pt\"}," + RawSafetensors.entry("a", "F32", "[2,3]", 0, 24) + ","
                        + RawSafetensors.entry("b", "BF16", "[4]", 24, 32) + ","
                        + RawSafetensors.entry("c", "I64", "[1]", 32, 40)
                        + "}";
        byte[] good = RawSafetensors.bytes(header, new byte[40]);
        int refused = 0;
        for (int seed = 0; seed < ROUNDS; seed++) {
            byte[] damaged = damage(good, header.length(), new Random(seed));
            Path file = RawSafetensors.write(folder.resolve("f.safetensors"), damaged);
            refused += refuses(file, seed) ? 1 : 0;
        }
        assertTrue(refused > ROUNDS / 2, refused + " of " + ROUNDS + " damaged files refused");
    }

    @Test
    void damagedIndexesAreRefusedOrAgreeWithTheShards() throws IOException {
        String[] shards = {"model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"};
        for (String tensor : List.of("a", "b")) {
            RawSafetensors.write(
                    folder.resolve(shards[tensor.charAt(0) - 'a']),
                    RawSafetensors.header(tensor, "F32", "[1]", 0, 4),
                    RawSafetensors.floats(1));
        }
        byte[] good = ("{\"metadata\":{\"total_size\":8},\"weight_map\":{\"a\":\"" + shards[0] + "\",\"b\":\""
                        + shards[1] + "\"}}")
                .getBytes(StandardCharsets.UTF_8);
        int refused = 0;
        for (int seed = 0; seed < ROUNDS; seed++) {
            byte[] damaged = damage(good, good.length - 8, new Random(seed));
            Files.write(folder.resolve("model.safetensors.index.json"), damaged);
            try (WeightFolder source = WeightFolder.open(folder)) {
                // A key that became another is a tensor that no shard holds, so what opens has a part of both.
                assertTrue(Set.of("a", "b").containsAll(source.entries().keySet()), "seed " + seed);
            } catch (WeightException e) {
                refused++;
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
        assertTrue(refused > ROUNDS / 2, refused + " of " + ROUNDS + " damaged indexes refused");
    }

    private static byte[] damage(byte[] good, int headerLength, Random random) {
        byte[] result = good.clone();
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes; i++) {
            int where = random.nextInt(8 + headerLength);
            result[where] = random.nextInt(8) == 0
                    ? (byte) random.nextInt(256)
                    : SIGNS.substring(random.nextInt(SIGNS.length())).getBytes(StandardCharsets.US_ASCII)[0];
        }
        return random.nextInt(10) == 0 ? java.util.Arrays.copyOf(result, random.nextInt(result.length)) : result;
    }

    private static boolean refuses(Path path, int seed) {
        try (Scope scope = Scope.open("fuzz");
                SafetensorsFile file = SafetensorsFile.open(path)) {
            for (String name : file.entries().keySet()) {
                Tensor tensor = file.read(name);
                long elements = java.util.Objects.requireNonNull(file.entries().get(name))
                        .elements();
                assertEquals(elements, tensor.numel(), "seed " + seed);
                Torch.toFloats(tensor);
            }
            return false;
        } catch (WeightException e) {
            return true;
        } catch (RuntimeException e) {
            throw new AssertionError("seed " + seed, e);
        }
    }
}
