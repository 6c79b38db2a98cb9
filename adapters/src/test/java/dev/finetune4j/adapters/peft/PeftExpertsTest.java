package dev.finetune4j.adapters.peft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.finetune4j.adapters.lora.LoraTuning;
import dev.finetune4j.core.batch.TokenBatch;
import dev.finetune4j.core.batch.TokenRow;
import dev.finetune4j.core.error.ConfigException;
import dev.finetune4j.core.error.WeightException;
import dev.finetune4j.core.model.Decoder;
import dev.finetune4j.core.model.FrozenPass;
import dev.finetune4j.core.model.attention.FusedAttention;
import dev.finetune4j.core.runtime.ComputePolicy;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.testing.GoldenDecoder;
import dev.finetune4j.core.testing.NoTensorLeak;
import dev.finetune4j.core.testing.Tolerance;
import dev.finetune4j.core.tuning.Adapter;
import dev.finetune4j.core.tuning.TuningRequest;
import dev.finetune4j.core.tuning.TuningRequest.Lora;
import dev.finetune4j.core.weights.SafetensorsFile;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Adapters on experts in PEFT's own form. Golden files: parity/peft_experts.py. */
@NoTensorLeak
class PeftExpertsTest {
    @TempDir
    Path temporary;

    private static Decoder load(String model) {
        return GoldenDecoder.named(model).load(ComputePolicy.FP32, new FusedAttention());
    }

    private static Path folder(String name) throws URISyntaxException {
        return Path.of(PeftExpertsTest.class
                .getResource("/golden/peft_experts/" + name)
                .toURI());
    }

    private static TuningRequest stored(Path folder) {
        return TuningRequest.of("tiny", 1).withAdapters(List.of(folder), false);
    }

    private static Tensor logits(Decoder decoder, SafetensorsFile expected) {
        Tensor ids = expected.read("input_ids");
        int[] row = new int[(int) ids.size(0)];
        for (int i = 0; i < row.length; i++) {
            row[i] = ids.select(0, i).item_int();
        }
        return new FrozenPass(decoder).logits(new TokenBatch(List.of(TokenRow.of(row, row, 0))));
    }

    /** Both orders of factors; checkpoints with stacked experts and with experts apart; shared and dense layers beside. */
    @ParameterizedTest
    @CsvSource({
        "gpt_oss, gpt_oss",
        "granitemoe, granitemoe",
        "llama4_gate_up, llama4",
        "qwen2_moe, qwen2_moe",
        "qwen2_moe_modules, qwen2_moe",
        "mixtral, mixtral",
        "deepseek_v3_down, deepseek_v3",
        "later_granitemoe, granitemoe",
        "later_llama4, llama4",
        "later_gpt_oss, gpt_oss",
        "later_qwen2_moe, qwen2_moe",
    })
    void whatPeftWroteIsReadWrittenAgainAndMerged(String name, String model) throws Exception {
        try (Scope scope = Scope.open("test");
                SafetensorsFile expected = SafetensorsFile.open(folder(name).resolve("logits.safetensors"));
                Decoder decoder = load(model);
                Decoder again = load(model)) {
            double base = Tolerance.relativeMax(logits(decoder, expected), expected.read("logits"));
            assertTrue(base > 1e-2, "the adapter hardly changes the model: " + base);
            Adapter adapter = new LoraTuning().install(decoder, stored(folder(name)));
            Tensor got = logits(decoder, expected);
            double apart = Tolerance.relativeMax(got, expected.read("logits"));
            assertTrue(apart <= Tolerance.FORWARD, "logits differ by " + apart);

            adapter.save(temporary);
            Adapter second = new LoraTuning().install(again, stored(temporary));
            assertEquals(adapter.parameters().size(), second.parameters().size());
            Tolerance.assertSame("logits of what was written again", got, logits(again, expected));
            second.merge();
            double merged = Tolerance.relativeMax(logits(again, expected), got);
            assertTrue(merged <= Tolerance.FORWARD, "merged logits differ by " + merged);
        }
    }

    private JsonNode written(String model, Lora lora) throws IOException {
        try (Decoder decoder = load(model)) {
            new LoraTuning()
                    .install(decoder, TuningRequest.of("tiny", 1).with(lora))
                    .save(temporary);
            return new ObjectMapper().readTree(Files.readString(temporary.resolve("adapter_config.json")));
        }
    }

    @Test
    void stackedExpertsAreTargetParametersAndOthersAreModules() throws IOException {
        JsonNode config = written("llama4", new Lora(2, 4, 0, List.of("q_proj", "down_proj"), false));
        assertEquals("[\"down_proj\",\"q_proj\"]", config.get("target_modules").toString());
        assertEquals(
                "[\"feed_forward.experts.down_proj\"]",
                config.get("target_parameters").toString());
        config = written("gpt_oss", new Lora(2, 4, 0, List.of("gate_up_proj"), false));
        assertEquals("[]", config.get("target_modules").toString());
        assertEquals(
                "[\"mlp.experts.gate_up_proj\"]",
                config.get("target_parameters").toString());
        assertFalse(written("mixtral", Lora.DEFAULT).has("target_parameters"));
    }

    @Test
    void dropoutThatPeftDoesNotKnowOnStackedExpertsIsKept() throws IOException {
        JsonNode config = written("granitemoe", new Lora(2, 4, 0.25, List.of("all"), false));
        assertEquals(0, config.get("lora_dropout").asDouble());
        assertEquals(0.25, PeftConfigReader.read(temporary).dropout());
        assertEquals(
                0.25,
                written("mixtral", new Lora(2, 4, 0.25, List.of("all"), false))
                        .get("lora_dropout")
                        .asDouble());
    }

    @Test
    void someExpertsOfAStackAreRefused() {
        Lora one = new Lora(2, 4, 0, List.of("experts.1.down_proj"), false);
        try (Decoder decoder = load("gpt_oss")) {
            ConfigException e = assertThrows(
                    ConfigException.class,
                    () -> new LoraTuning()
                            .install(decoder, TuningRequest.of("tiny", 1).with(one)));
            assertTrue(e.getMessage().contains("all or not at all"), e.getMessage());
        }
    }

    @Test
    void transposedMatricesAreSaidToBeSo() throws IOException {
        assertTrue(written("gpt2", Lora.DEFAULT).get("fan_in_fan_out").asBoolean());
        assertFalse(written("phi3", Lora.DEFAULT).get("fan_in_fan_out").asBoolean());
    }

    @Test
    void factorsWhoseOrderNothingTellsAreRefused() throws Exception {
        Path copy = PeftFixtures.copy(folder("llama4_gate_up"), temporary.resolve("copy"));
        PeftFixtures.edit(copy, root -> root.put("peft_version", "0.21.2"));
        try (Decoder decoder = load("llama4")) {
            WeightException e =
                    assertThrows(WeightException.class, () -> new LoraTuning().install(decoder, stored(copy)));
            assertTrue(e.getMessage().contains("cannot be told"), e.getMessage());
        }
    }

    @Test
    void anAdapterOfAnotherModelsExpertsIsRefused() throws Exception {
        Path folder = folder("gpt_oss");
        try (Decoder decoder = load("mixtral")) {
            WeightException e =
                    assertThrows(WeightException.class, () -> new LoraTuning().install(decoder, stored(folder)));
            assertTrue(e.getMessage().contains("does not fit this model"), e.getMessage());
        }
    }
}
