package dev.finetune4j.core.gguf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.core.batch.TokenBatch;
import dev.finetune4j.core.batch.TokenRow;
import dev.finetune4j.core.error.FineTuneException;
import dev.finetune4j.core.gguf.family.GgufFamilies;
import dev.finetune4j.core.gguf.family.GgufFamily;
import dev.finetune4j.core.model.Decoder;
import dev.finetune4j.core.model.FrozenPass;
import dev.finetune4j.core.model.attention.AttentionKernels;
import dev.finetune4j.core.model.build.DecoderLoader;
import dev.finetune4j.core.model.config.Architecture;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.plugin.Plugins;
import dev.finetune4j.core.runtime.ComputePolicy;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.testing.GoldenDecoder;
import dev.finetune4j.core.testing.NoTensorLeak;
import dev.finetune4j.core.weights.WeightSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tiny models of every family as GGUF files against what they were made from; see parity/gguf_models.py. */
@NoTensorLeak
class GgufModelsTest {
    private static final String GOLDEN = "/golden/gguf/models/";

    @TempDir
    Path folder;

    static Stream<String> models() throws IOException {
        Stream.Builder<String> names = Stream.builder();
        json("list.json").forEach(name -> names.add(name.asText()));
        return names.build();
    }

    private static JsonNode json(String name) throws IOException {
        try (InputStream in = GgufModelsTest.class.getResourceAsStream(GOLDEN + name)) {
            return new ObjectMapper().readTree(Objects.requireNonNull(in, name));
        }
    }

    private Path file(String model) throws IOException {
        Path file = folder.resolve(model + ".gguf");
        GoldenDecoder.copy(GOLDEN + model + ".gguf", file);
        return file;
    }

    @ParameterizedTest
    @MethodSource("models")
    void tensorsHaveNamesShapesAndBitsOfTheHub(String model) throws IOException {
        JsonNode expected = json(model + ".json").path("tensors");
        try (GgufWeights weights = GgufWeights.open(file(model))) {
            assertEquals(names(expected), new TreeSet<>(weights.entries().keySet()));
            for (String name : weights.entries().keySet()) {
                WeightSource.Entry entry =
                        Objects.requireNonNull(weights.entries().get(name));
                String want = expected.get(name).asText();
                try (Scope scope = Scope.open("test")) {
                    Tensor read = weights.read(name);
                    assertEquals(entry.dtype(), DType.of(read), name);
                    assertEquals(want, digest(read), name);
                    // A target in another dtype takes another way than one in the same.
                    Tensor wide = Torch.empty(DType.FLOAT32, Device.CPU, entry.shape());
                    weights.readInto(name, wide);
                    assertEquals(want, digest(wide), name);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void configSaysWhatTheModelsOwnSays(String model) throws IOException {
        JsonNode expected = json(model + ".json").path("config");
        try (GgufFile file = GgufFile.open(file(model))) {
            ObjectNode config = GgufConfig.of(file).config();
            expected.properties().forEach(key -> same(key.getKey(), key.getValue(), config.path(key.getKey())));
            ObjectNode generation = GgufConfig.of(file).generation();
            assertEquals("[2,3]", generation.get("eos_token_id").toString());
            assertEquals(1, generation.get("bos_token_id").intValue());
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void decoderOfTheFileGivesTheModelsLogits(String model) throws IOException {
        Path file = file(model);
        try (GgufFile gguf = GgufFile.open(file)) {
            ConfigFile config =
                    new ConfigFile(file.toString(), GgufConfig.of(gguf).config());
            boolean known = Plugins.all(Architecture.class).stream()
                    .anyMatch(family -> family.name().equals(config.text("model_type")));
            if (!known || model.equals("stablelm_norms")) {
                // Families that no decoder is built for yet, and norms of single heads, which are refused on purpose.
                assertThrows(FineTuneException.class, config::read);
                return;
            }
            DecoderLoader loader =
                    new DecoderLoader(config.read(), ComputePolicy.FP32, AttentionKernels.named("chunked"), Device.CPU);
            try (Decoder decoder = loader.load(folder)) {
                compareLogits(decoder, json(model + ".json"));
            }
        }
    }

    private static void compareLogits(Decoder decoder, JsonNode sheet) {
        int[] ids = Arrays.stream(sheet.get("ids").asText().split(" "))
                .mapToInt(Integer::parseInt)
                .toArray();
        double[] due = Arrays.stream(sheet.get("logits").asText().split(" "))
                .mapToDouble(Double::parseDouble)
                .toArray();
        double largest = Arrays.stream(due).map(Math::abs).max().orElseThrow();
        try (Scope scope = Scope.open("logits")) {
            float[] got = Torch.toFloats(
                    new FrozenPass(decoder).logits(new TokenBatch(List.of(TokenRow.of(ids, ids.clone(), 0)))));
            int last = got.length - due.length;
            for (int i = 0; i < due.length; i++) {
                assertEquals(due[i], got[last + i], 2e-5 * largest, "logit " + i);
            }
        }
    }

    @Test
    void everyFamilyOfTheTableHasAModel() throws IOException {
        Set<String> tested = new TreeSet<>();
        for (String model : models().toList()) {
            try (GgufFile file = GgufFile.open(file(model))) {
                tested.add(GgufConfig.of(file).family().name());
            }
        }
        assertEquals(
                GgufFamilies.all().stream().map(GgufFamily::name).collect(Collectors.toCollection(TreeSet::new)),
                tested);
    }

    private static void same(String key, JsonNode want, JsonNode got) {
        if (want.isNumber() && got.isNumber()) {
            assertEquals(want.doubleValue(), got.doubleValue(), 1e-6 * Math.abs(want.doubleValue()), key);
        } else if (want.isObject() && got.isObject()) {
            want.properties()
                    .forEach(inner -> same(key + "." + inner.getKey(), inner.getValue(), got.path(inner.getKey())));
        } else if (want.isArray() && got.isArray()) {
            assertEquals(want.size(), got.size(), key);
            for (int i = 0; i < want.size(); i++) {
                same(key + "." + i, want.get(i), got.get(i));
            }
        } else {
            assertEquals(want, got, key);
        }
    }

    private static Set<String> names(JsonNode object) {
        Set<String> names = new TreeSet<>();
        object.fieldNames().forEachRemaining(names::add);
        assertTrue(!names.isEmpty());
        return names;
    }

    /** The shape, and a hash of the fp32 bytes, as the sheet has them. */
    private static String digest(Tensor tensor) {
        float[] values = Torch.toFloats(tensor);
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes.array());
            return Arrays.toString(tensor.shape()) + " " + HexFormat.of().formatHex(hash, 0, 12);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
