package dev.finetune4j.core.model.config;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.core.error.FineTuneException;
import dev.finetune4j.core.error.WeightException;
import dev.finetune4j.core.runtime.DType;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What config.json may say, and one clear sentence for what it may not. */
class ConfigFileTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String LLAMA = """
            {"model_type": "llama", "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 3,
             "vocab_size": 100, "num_attention_heads": 4, "max_position_embeddings": 4096}
            """;

    @TempDir
    Path folder;

    /** The config above with some keys set to other values. */
    private ModelConfig read(String... changes) throws Exception {
        ObjectNode root = (ObjectNode) JSON.readTree(LLAMA);
        for (String change : changes) {
            root.setAll((ObjectNode) JSON.readTree(change));
        }
        Files.writeString(folder.resolve("config.json"), root.toString());
        return ConfigFile.open(folder).read();
    }

    private String refusal(String change) {
        FineTuneException refusal = assertThrows(FineTuneException.class, () -> read(change));
        assertTrue(refusal.getMessage().contains("config.json"), refusal.getMessage());
        return refusal.getMessage();
    }

    @Test
    void absentKeysHaveTheFamilysDefaults() throws Exception {
        ModelConfig config = read();
        assertEquals(16, config.attention().headDim());
        assertEquals(4, config.attention().keyValueHeads());
        assertEquals(1e-6, config.block().norm().epsilon());
        assertEquals(10000, config.rope().theta());
        assertEquals(DType.FLOAT32, config.storedDType());
        assertEquals(false, config.tied());
        assertArrayEquals(new int[] {0, 0, 0}, config.attention().windows());
    }

    @Test
    void bothGenerationsOfKeysMeanTheSame() throws Exception {
        RopeConfig old = read("{\"rope_theta\": 5e5, \"rope_scaling\": {\"type\": \"llama3\", \"factor\": 8,"
                        + " \"low_freq_factor\": 1, \"high_freq_factor\": 4,"
                        + " \"original_max_position_embeddings\": 8192}, \"torch_dtype\": \"bfloat16\"}")
                .rope();
        ModelConfig now = read("{\"rope_parameters\": {\"rope_type\": \"llama3\", \"rope_theta\": 5e5, \"factor\": 8,"
                + " \"low_freq_factor\": 1, \"high_freq_factor\": 4,"
                + " \"original_max_position_embeddings\": 8192}, \"dtype\": \"bfloat16\"}");
        assertEquals(old, now.rope());
        assertEquals(DType.BFLOAT16, now.storedDType());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"hidden_size\": null} | hidden_size | missing",
                "{\"num_hidden_layers\": 0} | num_hidden_layers | positive whole number",
                "{\"vocab_size\": -5} | vocab_size | positive whole number",
                "{\"intermediate_size\": 96.5} | intermediate_size | positive whole number",
                "{\"num_attention_heads\": \"4\"} | num_attention_heads | positive whole number",
                "{\"hidden_size\": 99999999999} | hidden_size | positive whole number",
                "{\"num_key_value_heads\": 3} | num_key_value_heads | divide",
                "{\"head_dim\": 7} | partial_rotary_factor | 7 elements of a head",
                "{\"hidden_size\": 66} | hidden_size | heads",
                "{\"hidden_act\": \"spline\"} | hidden_act | spline",
                "{\"hidden_act\": 5} | hidden_act | text",
                "{\"rms_norm_eps\": \"small\"} | rms_norm_eps | number",
                "{\"tie_word_embeddings\": \"yes\"} | tie_word_embeddings | true or false",
                "{\"attention_bias\": 1} | attention_bias | true or false",
                "{\"dtype\": \"float12\"} | dtype | dtype",
                "{\"torch_dtype\": 16} | torch_dtype | dtype",
                "{\"rope_scaling\": \"yarn\"} | rope_scaling | object",
                "{\"rope_parameters\": [1]} | rope_parameters | object",
                "{\"rope_scaling\": {\"type\": \"spiral\"}} | rope_type | spiral",
                "{\"rope_scaling\": {\"factor\": 4}} | rope_type | missing",
                "{\"rope_scaling\": {\"type\": \"linear\"}} | factor | missing",
                "{\"rope_scaling\": {\"type\": \"linear\", \"factor\": -2}} | factor | -2",
                "{\"rope_scaling\": {\"type\": \"linear\", \"factor\": \"2\"}} | factor | number",
                "{\"rope_scaling\": {\"type\": \"llama3\", \"factor\": 8}} | low_freq_factor | missing",
                "{\"rope_theta\": \"big\"} | rope_theta | number",
                "{\"rope_theta\": 0} | rope_theta | positive",
                "{\"partial_rotary_factor\": 0.2} | partial_rotary_factor | even",
            })
    void wrongValueIsRefusedByKey(String change, String key, String says) {
        String message = refusal(change);
        assertTrue(message.contains("\"" + key + "\""), message);
        assertTrue(message.contains(says), message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "5", "nonsense"})
    void fileThatIsNoObjectIsRefused(String text) throws Exception {
        Files.writeString(folder.resolve("config.json"), text);
        String message = assertThrows(WeightException.class, () -> ConfigFile.open(folder))
                .getMessage();
        assertTrue(message.contains("config.json") && message.contains("JSON"), message);
    }

    @Test
    void missingFolderAndMissingFileAreDifferentFaults() {
        assertTrue(assertThrows(WeightException.class, () -> ConfigFile.open(folder.resolve("nowhere")))
                .getMessage()
                .contains("no such model folder"));
        assertTrue(assertThrows(WeightException.class, () -> ConfigFile.open(folder))
                .getMessage()
                .contains("no such file"));
    }

    @Test
    void mistralSlidesUnlessToldNotTo() throws Exception {
        String mistral = "{\"model_type\": \"mistral\", \"num_key_value_heads\": 4}";
        assertArrayEquals(
                new int[] {4096, 4096, 4096}, read(mistral).attention().windows());
        assertArrayEquals(
                new int[3],
                read(mistral, "{\"sliding_window\": null}").attention().windows());
        assertArrayEquals(
                new int[3], read(mistral, "{\"sliding_window\": 0}").attention().windows());
        assertArrayEquals(
                new int[] {9, 9, 9},
                read(mistral, "{\"sliding_window\": 9}").attention().windows());
    }

    @Test
    void qwenSlidesOnlyWhereItIsAskedTo() throws Exception {
        String qwen = "{\"model_type\": \"qwen2\", \"sliding_window\": 9, \"max_window_layers\": 1}";
        assertArrayEquals(new int[3], read(qwen).attention().windows());
        assertArrayEquals(
                new int[] {0, 9, 9},
                read(qwen, "{\"use_sliding_window\": true}").attention().windows());
        assertArrayEquals(
                new int[] {9, 0, 0},
                read(
                                qwen,
                                "{\"use_sliding_window\": true, \"layer_types\":"
                                        + " [\"sliding_attention\", \"full_attention\", \"full_attention\"]}")
                        .attention()
                        .windows());
    }

    @Test
    void qwen3HasAHeadWidthOfItsOwn() throws Exception {
        assertEquals(128, read("{\"model_type\": \"qwen3\"}").attention().headDim());
        assertEquals(
                16,
                read("{\"model_type\": \"qwen3\", \"head_dim\": 16}")
                        .attention()
                        .headDim());
    }

    @Test
    void sizeListedForEachBlockAlikeIsOneNumber() throws Exception {
        ConfigFile file = new ConfigFile(
                "config.json",
                new com.fasterxml.jackson.databind.ObjectMapper().readTree("{\"k\": [8, 8, 8], \"other\": [8, 4]}"));
        assertEquals(8, file.size("k"));
        assertThrows(WeightException.class, () -> file.size("other"));
    }
}
