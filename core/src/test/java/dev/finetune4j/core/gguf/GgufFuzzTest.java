package dev.finetune4j.core.gguf;

import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.error.FineTuneException;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.testing.NoTensorLeak;
import dev.finetune4j.core.testing.RawGguf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random damage to a good file ends in an exception of this library or in tensors that can be read whole. */
@NoTensorLeak
class GgufFuzzTest {
    private static final int ROUNDS = 3000;

    @TempDir
    Path folder;

    private static byte[] good() {
        byte[] block = new byte[8 * 34];
        new Random(1).nextBytes(block);
        return RawGguf.of("llama")
                .integer("llama.block_count", 1)
                .integer("llama.context_length", 64)
                .integer("llama.embedding_length", 8)
                .integer("llama.feed_forward_length", 16)
                .integer("llama.attention.head_count", 2)
                .integer("llama.attention.head_count_kv", 1)
                .decimal("llama.attention.layer_norm_rms_epsilon", 1e-5f)
                .decimal("llama.rope.freq_base", 10000)
                .texts("tokenizer.ggml.tokens", "a", "b", "c")
                .integer("tokenizer.ggml.eos_token_id", 2)
                .floats("token_embd.weight", new long[] {4, 8}, new float[32])
                .floats("blk.0.attn_norm.weight", new long[] {8}, new float[8])
                .tensor("blk.0.attn_q.weight", new long[] {8, 32}, 8, block)
                .floats("blk.0.attn_k.weight", new long[] {4, 8}, new float[32])
                .floats("output_norm.weight", new long[] {8}, new float[8])
                .bytes();
    }

    @Test
    void damagedFilesAreRefusedOrReadable() {
        assertTimeout(Duration.ofMinutes(2), () -> {
            byte[] good = good();
            int refused = 0;
            for (int seed = 0; seed < ROUNDS; seed++) {
                byte[] damaged = damage(good, new Random(seed));
                refused += refuses(Files.write(folder.resolve("f.gguf"), damaged), seed) ? 1 : 0;
            }
            assertTrue(refused > ROUNDS / 3, refused + " of " + ROUNDS + " damaged files refused");
            assertTrue(refused < ROUNDS, "undamaged parts are still read");
        });
    }

    private static byte[] damage(byte[] good, Random random) {
        byte[] result = good.clone();
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes; i++) {
            int where = random.nextInt(result.length);
            switch (random.nextInt(4)) {
                case 0 -> result[where] = (byte) random.nextInt(256);
                case 1 -> result[where] ^= (byte) (1 << random.nextInt(8));
                case 2 -> Arrays.fill(result, where, Math.min(result.length, where + 8), (byte) random.nextInt(-1, 1));
                default -> result[where]++;
            }
        }
        return random.nextInt(10) == 0 ? Arrays.copyOf(result, random.nextInt(result.length)) : result;
    }

    private static boolean refuses(Path path, int seed) throws IOException {
        try (Scope scope = Scope.open("fuzz");
                GgufWeights weights = GgufWeights.open(path);
                GgufFile file = GgufFile.open(path)) {
            GgufConfig.of(file).config();
            GgufConfig.of(file).generation();
            for (String name : weights.entries().keySet()) {
                weights.read(name);
            }
            return false;
        } catch (FineTuneException e) {
            return true;
        } catch (RuntimeException | OutOfMemoryError e) {
            throw new AssertionError("seed " + seed, e);
        }
    }
}
