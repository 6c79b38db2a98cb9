package dev.finetune4j.finetune.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.core.config.ArgumentsBinder;
import dev.finetune4j.core.config.FineTuneArguments;
import dev.finetune4j.core.config.Settings;
import dev.finetune4j.core.error.UnsupportedException;
import dev.finetune4j.core.model.config.AttentionConfig.View;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.config.RopeConfig;
import dev.finetune4j.core.testing.GoldenDecoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How {@code rope_scaling} changes a config, for every way in which configs speak of rotary embeddings. */
class RopeOverrideTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String BASE = "{\"model_type\": \"llama\", \"hidden_size\": 32, \"intermediate_size\": 48,"
            + "\"num_hidden_layers\": 2, \"num_attention_heads\": 4, \"num_key_value_heads\": 4, \"vocab_size\": 99, \"rms_norm_eps\": 1e-5,"
            + "\"hidden_act\": \"silu\", \"max_position_embeddings\": 2048}";

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text.replace('\'', '"'));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    private static ConfigFile file(String keys) {
        ObjectNode root = (ObjectNode) json(BASE);
        root.setAll((ObjectNode) json(keys));
        return new ConfigFile("config.json", root);
    }

    private static FineTuneArguments arguments(String more) {
        return ArgumentsBinder.bind(
                new Settings().yaml("model_name_or_path: m\ndataset: d\ncutoff_len: 8000\n" + more, "t.yaml"));
    }

    private static RopeOverride.Outcome apply(ConfigFile file, String more) {
        return RopeOverride.apply(file, Path.of("m"), arguments(more));
    }

    private static JsonNode stretched(String keys, String type) {
        return apply(file(keys), "rope_scaling: " + type).file().root();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "linear | {'rope_type': 'linear', 'factor': 4.0}",
                "yarn | {'rope_type': 'yarn', 'factor': 4.0, 'original_max_position_embeddings': 2048}",
                "llama3 | {'rope_type': 'llama3', 'factor': 4.0, 'original_max_position_embeddings': 2048,"
                        + " 'low_freq_factor': 1.0, 'high_freq_factor': 4.0}",
                "dynamic | {'rope_type': 'dynamic', 'factor': 4.0, 'original_max_position_embeddings': 2048}"
            })
    void aConfigWithoutTheKeyGetsOne(String type, String expected) {
        JsonNode root = stretched("{'model_type': 'mistral', 'rope_theta': 1e6}", type);
        assertEquals(json(expected), root.get("rope_scaling"));
        assertEquals(1e6, root.get("rope_theta").doubleValue());
        assertEquals(
                type.equals("dynamic") ? 2048 : 8192,
                root.get("max_position_embeddings").intValue());
        assertTrue(root.get("max_position_embeddings").isInt(), "transformers 5 refuses a fraction");
        RopeConfig rope = new ConfigFile("config.json", root).read().rope();
        assertEquals(type, rope.scaling());
        assertEquals(1e6, rope.theta());
        assertEquals(4, rope.factor());
    }

    @Test
    void baseAndShareAndSectionsOutliveTheOldScaling() {
        JsonNode root = stretched(
                "{'rope_parameters': {'rope_type': 'llama3', 'factor': 8.0, 'low_freq_factor': 1.0,"
                        + " 'high_freq_factor': 4.0, 'original_max_position_embeddings': 4096, 'rope_theta': 5e5,"
                        + " 'partial_rotary_factor': 1.0, 'mrope_section': [1, 1, 2]}, 'rope_scaling': null}",
                "linear");
        assertEquals(
                json("{'rope_type': 'linear', 'factor': 2.0, 'rope_theta': 5e5, 'partial_rotary_factor': 1.0,"
                        + " 'mrope_section': [1, 1, 2]}"),
                root.get("rope_parameters"));
        assertNull(root.get("rope_scaling"));
        assertEquals(8192, root.get("max_position_embeddings").intValue());
    }

    @Test
    void theLengthBeforeAnEarlierStretchingCounts() {
        String inside = "{'max_position_embeddings': 131072, 'rope_scaling': {'rope_type': 'yarn', 'factor': 64.0,"
                + " 'original_max_position_embeddings': 2048}}";
        String outside = "{'max_position_embeddings': 131072, 'original_max_position_embeddings': 4096, 'rope_scaling':"
                + " {'type': 'longrope', 'short_factor': [1, 1, 1, 1], 'long_factor': [2, 2, 2, 2]}}";
        assertEquals(
                8192, stretched(inside, "linear").get("max_position_embeddings").intValue());
        JsonNode root = stretched(outside, "linear");
        assertEquals(8192, root.get("max_position_embeddings").intValue());
        assertEquals(json("{'rope_type': 'linear', 'factor': 2.0}"), root.get("rope_scaling"));
        assertNull(root.get("original_max_position_embeddings"));
        assertEquals(
                "rope_scaling yarn stretches 4,096 tokens to 8,192, in place of the model's own longrope",
                apply(file(outside), "rope_scaling: yarn").note());
    }

    @Test
    void scaledScoresOfLatentAttentionStayScaledUnderYarn() {
        String keys = "{'rope_scaling': {'type': 'yarn', 'factor': 2.0, 'original_max_position_embeddings': 4096,"
                + " 'mscale': 1.0, 'mscale_all_dim': 0.7}}";
        assertEquals(
                json("{'rope_type': 'yarn', 'factor': 2.0, 'original_max_position_embeddings': 4096, 'mscale': 1.0,"
                        + " 'mscale_all_dim': 0.7}"),
                stretched(keys, "yarn").get("rope_scaling"));
        assertEquals(
                json("{'rope_type': 'linear', 'factor': 2.0}"),
                stretched(keys, "linear").get("rope_scaling"));
    }

    @Test
    void aNameThatThePhiFamilyTakesForAnotherIsRefused() {
        ConfigFile phi = file("{'model_type': 'phi3'}");
        UnsupportedException e = assertThrows(UnsupportedException.class, () -> apply(phi, "rope_scaling: yarn"));
        assertTrue(e.getMessage().contains("Use linear, dynamic or llama3."), e.getMessage());
        assertEquals(
                "linear",
                apply(phi, "rope_scaling: linear")
                        .file()
                        .root()
                        .at("/rope_scaling/rope_type")
                        .asText());
    }

    @Test
    void ofTypesOfLayersOnlyFullAttentionIsStretched() {
        JsonNode root = stretched(
                "{'rope_parameters': {'full_attention': {'rope_type': 'default', 'rope_theta': 1e6},"
                        + " 'sliding_attention': {'rope_type': 'default', 'rope_theta': 1e4}}}",
                "yarn");
        assertEquals(
                json("{'full_attention': {'rope_type': 'yarn', 'factor': 4.0, 'original_max_position_embeddings': 2048,"
                        + " 'rope_theta': 1e6}, 'sliding_attention': {'rope_type': 'default', 'rope_theta': 1e4}}"),
                root.get("rope_parameters"));
    }

    @ParameterizedTest
    @CsvSource({"gemma3, config.json", "gemma3, config_old.json", "olmo3, config.json", "olmo3, config_old.json"})
    void slidingLayersOfRealConfigsStayAsTheyAre(String golden, String name) throws IOException {
        Path path = GoldenDecoder.named(golden).folder().resolve(name);
        ConfigFile file = new ConfigFile(name, JSON.readTree(Files.readString(path)));
        ModelConfig before = file.read();
        ModelConfig after = apply(file, "rope_scaling: yarn").file().read();
        for (int block = 0; block < before.sizes().layers(); block++) {
            View view = after.attention().views().get(block);
            RopeConfig old =
                    before.ropes().get(before.attention().views().get(block).rope());
            RopeConfig now = after.ropes().get(view.rope());
            assertEquals(old.theta(), now.theta());
            if (view.window() > 0) {
                assertEquals(old, now, "block " + block);
            } else {
                assertEquals("yarn", now.scaling());
                assertEquals(63, now.factor(), "8000 over 128");
            }
        }
        assertEquals(63 * 128, after.sizes().maxPositions());
    }

    @Test
    void positionsThatDoNotRotateStayAsTheyAre() {
        ConfigFile learned = ConfigFile.open(GoldenDecoder.named("gpt2").folder());
        RopeOverride.Outcome outcome = apply(learned, "rope_scaling: linear");
        assertSame(learned, outcome.file());
        assertEquals("rope_scaling has no effect: gpt2 has no rotary positions", outcome.note());
    }

    @Test
    void dynamicBeginsWhereTheModelsLengthEndsUnlessLlamaFactoryIsAskedFor() {
        ConfigFile plain = file("{}");
        RopeOverride.Outcome ours = apply(plain, "rope_scaling: dynamic");
        RopeOverride.Outcome theirs = apply(plain, "rope_scaling: dynamic\ncompat: llamafactory");
        float[] unscaled = plain.read().rope().inverseFrequencies(4096);
        float[] scaled = ours.file().read().rope().inverseFrequencies(4096);
        assertTrue(scaled[3] < unscaled[3], scaled[3] + " against " + unscaled[3]);
        assertEquals(unscaled[3], ours.file().read().rope().inverseFrequencies(2048)[3]);
        assertEquals(unscaled[3], theirs.file().read().rope().inverseFrequencies(4096)[3]);
        assertTrue(ours.note().endsWith("rows within the shorter length see no change"), ours.note());
        assertTrue(theirs.note().endsWith("so no row sees a change"), theirs.note());
    }

    @ParameterizedTest
    @ValueSource(strings = {"cutoff_len: 2048", "cutoff_len: 100"})
    void nothingIsStretchedWithinTheModelsLength(String cutoff) {
        ConfigFile file = file("{}");
        RopeOverride.Outcome outcome = RopeOverride.apply(
                file,
                Path.of("m"),
                ArgumentsBinder.bind(new Settings()
                        .yaml("model_name_or_path: m\ndataset: d\nrope_scaling: yarn\n" + cutoff, "t.yaml")));
        assertSame(file, outcome.file());
        assertNotNull(outcome.note());
        assertTrue(outcome.note().startsWith("rope_scaling has no effect: "), outcome.note());
        assertNull(apply(file, "").note());
    }
}
