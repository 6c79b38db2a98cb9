package dev.finetune4j.core.model.config;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.finetune4j.core.error.FineTuneException;
import dev.finetune4j.core.error.UnsupportedException;
import dev.finetune4j.core.error.WeightException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Configs of families that are not built in: what is said, and that code in a repository stays unread. */
class UnknownModelTest {
    private static <E extends FineTuneException> String refusal(Class<E> type, String json) throws Exception {
        ConfigFile file = new ConfigFile("model/config.json", new ObjectMapper().readTree(json));
        String message = assertThrows(type, file::read).getMessage();
        assertTrue(message.startsWith("model/config.json: "), message);
        return message;
    }

    @ParameterizedTest
    @CsvSource({
        "qwen3_next, gated delta net",
        "qwen3_5_moe, gated delta net",
        "minimax, lightning attention",
        "jamba, Mamba",
        "falcon_h1, Mamba",
        "granitemoehybrid, Mamba",
        "nemotron_h, Mamba",
        "lfm2, short convolutions",
        "kimi_linear, Kimi delta attention",
        "dbrx, fused experts",
        "phi3small, block-sparse",
        "yuan, filters its neighbourhood",
        "gemma3n, every layer",
        "qwen2_audio, sound",
        "bert, both ways",
        "t5, encoder"
    })
    void typeOutOfScopeIsToldByName(String type, String says) throws Exception {
        String message = refusal(UnsupportedException.class, "{\"model_type\": \"" + type + "\"}");
        assertTrue(message.contains("model_type \"" + type + "\"") && message.contains(says), message);
        assertTrue(
                message.matches(".* It knows: .*llama, .*mistral, .*qwen2.*"), "the known ones are listed: " + message);
    }

    @Test
    void codeInTheRepositoryIsNeverRunAndTheFamilyThatFitsIsNamed() throws Exception {
        String json = "{\"model_type\": \"xverse\", \"architectures\": [\"XverseForCausalLM\"], \"auto_map\":"
                + " {\"AutoConfig\": \"configuration_xverse.XverseConfig\","
                + " \"AutoModelForCausalLM\": \"modeling_xverse.XverseForCausalLM\"}}";
        String message = refusal(UnsupportedException.class, json);
        assertTrue(message.contains("modeling_xverse.XverseForCausalLM"), message);
        assertTrue(message.contains("never run here, whatever trust_remote_code says"), message);
        assertTrue(message.contains("built-in family \"llama\" is the nearest"), message);
    }

    @Test
    void codeThatNoFamilyIsLikeIsSaidToBeSo() throws Exception {
        String json = "{\"model_type\": \"zzyzx\", \"architectures\": [\"ZzyzxForCausalLM\"],"
                + " \"auto_map\": {\"AutoModelForCausalLM\": \"modeling.ZzyzxForCausalLM\"}}";
        String message = refusal(UnsupportedException.class, json);
        assertTrue(message.contains("No built-in family is known to fit ZzyzxForCausalLM"), message);
        assertTrue(refusal(UnsupportedException.class, "{\"model_type\": \"grok-1\"}")
                .contains("None of the built-in families computes as it does"));
    }

    @Test
    void classOfABuiltInFamilyIsRecognised() throws Exception {
        String message = refusal(
                UnsupportedException.class, "{\"model_type\": \"acme\", \"architectures\": [\"Qwen2ForCausalLM\"]}");
        assertTrue(message.contains("set its model_type to \"qwen2\""), message);
        String missing = refusal(WeightException.class, "{\"architectures\": [\"LlamaForCausalLM\"]}");
        assertTrue(missing.contains("\"model_type\" is missing") && missing.contains("\"llama\""), missing);
    }

    @Test
    void nearestNameIsGiven() throws Exception {
        String message = refusal(UnsupportedException.class, "{\"model_type\": \"lama\"}");
        assertTrue(message.contains("nearest name is \"llama\""), message);
        String far = refusal(UnsupportedException.class, "{\"model_type\": \"x\"}");
        assertFalse(far.contains("nearest"), far);
        assertTrue(far.contains("No built-in family is known to fit."), far);
    }

    @ParameterizedTest
    @ValueSource(strings = {"linear_attention", "mamba", "conv"})
    void layersThatAreNoAttentionAreRefusedInKnownFamilies(String layer) throws Exception {
        String message = refusal(
                UnsupportedException.class,
                "{\"model_type\": \"qwen3\", \"layer_types\": [\"full_attention\", \"" + layer + "\"]}");
        assertTrue(message.contains("layer_types") && message.contains(layer), message);
    }

    @Test
    void absurdNumberOfLayersIsRefusedBeforeAnythingIsMade() throws Exception {
        String message =
                refusal(WeightException.class, "{\"model_type\": \"llama\", \"num_hidden_layers\": 2000000000}");
        assertTrue(message.contains("num_hidden_layers") && message.contains("2000000000"), message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"model_type\": \"zz\", \"architectures\": 5, \"auto_map\": []}",
                "{\"model_type\": \"zz\", \"architectures\": [], \"auto_map\": {}}",
                "{\"model_type\": \"zz\", \"architectures\": [{}], \"auto_map\": {\"A\": [1]}}",
                "{\"model_type\": \"\", \"architectures\": [null]}"
            })
    void oddValuesBesideTheTypeDoNotMatter(String json) throws Exception {
        assertTrue(refusal(UnsupportedException.class, json).contains("It knows: "));
    }
}
