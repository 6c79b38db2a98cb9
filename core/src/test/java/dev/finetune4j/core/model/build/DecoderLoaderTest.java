package dev.finetune4j.core.model.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.core.error.WeightException;
import dev.finetune4j.core.model.Decoder;
import dev.finetune4j.core.model.attention.AttentionKernels;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.vocabulary.VocabularyResize;
import dev.finetune4j.core.runtime.ComputePolicy;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.testing.GoldenDecoder;
import dev.finetune4j.core.testing.NoTensorLeak;
import dev.finetune4j.core.testing.RawSafetensors;
import dev.finetune4j.core.testing.Tolerance;
import dev.finetune4j.core.weights.WeightSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@NoTensorLeak
class DecoderLoaderTest {
    @TempDir
    Path folder;

    /** A checkpoint that says of itself what a test wants. */
    private static final class Claims implements WeightSource {
        private final Map<String, Entry> entries = new LinkedHashMap<>();

        void put(String name, DType dtype, long... shape) {
            entries.put(name, new Entry(dtype, shape, "shard.safetensors"));
        }

        @Override
        public Map<String, Entry> entries() {
            return entries;
        }

        /** Zeros, so that any two tensors of a shape are equal. */
        @Override
        public Tensor read(String name) {
            Entry entry = java.util.Objects.requireNonNull(entries.get(name), name);
            return Torch.zeros(entry.dtype(), Device.CPU, entry.shape());
        }

        @Override
        public void close() {}
    }

    private static ModelConfig config(String golden) {
        return ConfigFile.open(GoldenDecoder.named(golden).folder()).read();
    }

    private static Claims rightFor(ModelConfig config) {
        Claims claims = new Claims();
        ModelShapes.of(config).all().forEach((name, shape) -> claims.put(name, DType.FLOAT32, shape));
        return claims;
    }

    static java.util.List<String> names() {
        return GoldenDecoder.ALL;
    }

    @ParameterizedTest
    @MethodSource("names")
    void checkpointOfEveryFamilyIsWhatItsConfigSays(String golden) {
        ModelConfig config = config(golden);
        CheckpointTensors.of(config, VocabularyResize.NONE, rightFor(config), folder);
        long elements = ModelShapes.of(config).all().values().stream()
                .mapToLong(shape -> java.util.Arrays.stream(shape).reduce(1, (a, b) -> a * b))
                .sum();
        assertEquals(elements, ModelShapes.parameters(config));
    }

    @Test
    void allProblemsAreListedInOneError() {
        ModelConfig config = config("llama");
        Claims claims = rightFor(config);
        claims.entries.remove("model.layers.1.mlp.up_proj.weight");
        claims.put("model.layers.0.self_attn.q_proj.weight", DType.BFLOAT16, 64, 32);
        claims.put("model.layers.1.self_attn.k_proj.weight", DType.UINT8, 16, 32);
        claims.put("model.layers.0.self_attn.q_proj.bias", DType.FLOAT32, 32);
        String message = assertThrows(
                        WeightException.class,
                        () -> CheckpointTensors.of(config, VocabularyResize.NONE, claims, folder))
                .getMessage();
        assertTrue(message.contains("4 tensors"), message);
        assertTrue(message.contains("missing: model.layers.1.mlp.up_proj.weight [24, 32]"), message);
        assertTrue(
                message.contains("model.layers.0.self_attn.q_proj.weight: expected [32, 32], found [64, 32] BF16 in"
                        + " shard.safetensors"),
                message);
        assertTrue(message.contains("model.layers.1.self_attn.k_proj.weight: stored as U8"), message);
        assertTrue(message.contains("not part of a llama model: model.layers.0.self_attn.q_proj.bias"), message);
    }

    @Test
    void longListOfProblemsIsCutAndCounted() {
        ModelConfig config = config("llama");
        String message = assertThrows(
                        WeightException.class,
                        () -> CheckpointTensors.of(config, VocabularyResize.NONE, new Claims(), folder))
                .getMessage();
        int expected = ModelShapes.of(config).all().size();
        assertTrue(message.contains(expected + " tensors"), message);
        assertTrue(message.contains("and " + (expected - 10) + " more"), message);
    }

    @Test
    void rotaryTablesAndTheCopyOfATiedHeadDoNoHarm() {
        ModelConfig config = config("qwen2");
        assertTrue(config.tied());
        Claims claims = rightFor(config);
        assertFalse(claims.entries.containsKey("lm_head.weight"));
        claims.put("lm_head.weight", DType.FLOAT32, 96, 32);
        claims.put("model.layers.0.self_attn.rotary_emb.inv_freq", DType.FLOAT32, 4);
        CheckpointTensors.of(config, VocabularyResize.NONE, claims, folder);
    }

    @Test
    void faultInAWeightFileLeavesNothingOpen() throws Exception {
        GoldenDecoder golden = GoldenDecoder.named("llama");
        ObjectMapper json = new ObjectMapper();
        ObjectNode root =
                (ObjectNode) json.readTree(Files.readString(golden.folder().resolve("config.json")));
        root.put("num_hidden_layers", 3);
        Files.writeString(golden.folder().resolve("config.json"), root.toString());
        long before = Scope.liveObjects();
        assertThrows(WeightException.class, () -> golden.load(ComputePolicy.FP32, AttentionKernels.named("fused")));
        assertEquals(before, Scope.liveObjects());
    }

    @Test
    void quantizedCheckpointIsRefusedByItsMethod() throws Exception {
        GoldenDecoder golden = GoldenDecoder.named("llama");
        Path config = golden.folder().resolve("config.json");
        ObjectNode root = (ObjectNode) new ObjectMapper().readTree(Files.readString(config));
        root.putObject("quantization_config").put("quant_method", "mxfp4");
        Files.writeString(config, root.toString());
        String message = assertThrows(
                        WeightException.class, () -> golden.load(ComputePolicy.FP32, AttentionKernels.named("fused")))
                .getMessage();
        assertTrue(message.contains("quantized (mxfp4)") && message.contains("bfloat16"), message);
    }

    @Test
    void decoderLoadedOutsideEveryScopeIsFreedByClosingIt() {
        GoldenDecoder golden = GoldenDecoder.named("qwen3");
        long before = Scope.liveObjects();
        golden.load(ComputePolicy.FP32, AttentionKernels.named("fused")).close();
        assertEquals(before, Scope.liveObjects());
    }

    @Test
    void truncatedWeightsAreRefused() throws Exception {
        GoldenDecoder golden = GoldenDecoder.named("llama");
        Path weights = golden.folder().resolve("model.safetensors");
        byte[] whole = Files.readAllBytes(weights);
        RawSafetensors.write(weights, java.util.Arrays.copyOf(whole, whole.length - 1));
        String message = assertThrows(
                        WeightException.class, () -> golden.load(ComputePolicy.FP32, AttentionKernels.named("fused")))
                .getMessage();
        assertTrue(message.contains("truncated"), message);
    }

    @Test
    void freshWeightsDependOnSeedAndNameOnly() {
        ModelConfig config = config("llama_biases");
        DecoderLoader loader =
                new DecoderLoader(config, ComputePolicy.FP32, AttentionKernels.named("fused"), Device.CPU);
        try (Scope scope = Scope.open("test");
                Decoder first = loader.fresh(1);
                Decoder again = loader.fresh(1);
                Decoder other = loader.fresh(2)) {
            String q = "model.layers.0.self_attn.q_proj.weight";
            Tensor value = first.parameters().get(q).value();
            Tolerance.assertSame("same seed", value, again.parameters().get(q).value());
            assertFalse(value.equal(other.parameters().get(q).value()));
            assertFalse(value.equal(first.parameters()
                    .get("model.layers.1.self_attn.q_proj.weight")
                    .value()));
            assertEquals(0.02, value.std().item_double(), 0.002);
            float[] norm =
                    Torch.toFloats(first.parameters().get("model.norm.weight").value());
            float[] bias = Torch.toFloats(first.parameters()
                    .get("model.layers.0.self_attn.q_proj.bias")
                    .value());
            assertEquals(1, norm[0]);
            assertEquals(0, bias[0]);
        }
    }
}
