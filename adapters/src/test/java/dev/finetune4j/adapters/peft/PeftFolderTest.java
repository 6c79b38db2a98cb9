package dev.finetune4j.adapters.peft;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.finetune4j.adapters.Tiny;
import dev.finetune4j.adapters.lora.LoraTuning;
import dev.finetune4j.core.model.Decoder;
import dev.finetune4j.core.model.FrozenPass;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.testing.NoTensorLeak;
import dev.finetune4j.core.testing.Tolerance;
import dev.finetune4j.core.tuning.Adapter;
import dev.finetune4j.core.tuning.TuningRequest;
import dev.finetune4j.core.tuning.TuningRequest.Lora;
import dev.finetune4j.core.weights.Parameter;
import dev.finetune4j.core.weights.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written into an adapter folder, and that it comes back. */
@NoTensorLeak
class PeftFolderTest {
    private static final List<String> FILES = List.of("adapter_config.json", "adapter_model.safetensors");

    @TempDir
    Path folder;

    private static Adapter read(Decoder decoder, Path from) {
        return new LoraTuning().install(decoder, TuningRequest.of("tiny", 1).withAdapters(List.of(from), false));
    }

    private static JsonNode config(Path folder) throws IOException {
        return new ObjectMapper().readTree(Files.readString(folder.resolve("adapter_config.json")));
    }

    private static void move(Adapter adapter) {
        torch.manual_seed(3);
        for (Parameter parameter : adapter.parameters()) {
            try (Scope scope = Scope.open("move")) {
                parameter.value().add_(Torch.to(torch.randn(parameter.shape()), parameter.dtype()), new Scalar(0.1));
            }
        }
    }

    @Test
    void picklesOfTorchAreReadAsWell() throws IOException {
        Path safe = Tiny.folder("llama/modules_to_save");
        Path pickled = Files.createDirectories(folder.resolve("pickled"));
        Files.copy(safe.resolve("adapter_config.json"), pickled.resolve("adapter_config.json"));
        Files.copy(Tiny.folder("../pickle/adapter_model.bin"), pickled.resolve("adapter_model.bin"));
        for (Path from : List.of(safe, pickled)) {
            try (Scope scope = Scope.open("test");
                    Decoder decoder = Tiny.model("llama")) {
                read(decoder, from).save(folder.resolve(from.getFileName() + "-out"));
            }
        }
        assertArrayEquals(
                Files.readAllBytes(folder.resolve("modules_to_save-out/adapter_model.safetensors")),
                Files.readAllBytes(folder.resolve("pickled-out/adapter_model.safetensors")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "rslora", "patterns", "modules_to_save"})
    void readingAndWritingAgainIsByteEqual(String which) throws IOException {
        for (String model : List.of("llama", "qwen2")) {
            Path first = folder.resolve(model + "-first");
            Path second = folder.resolve(model + "-second");
            try (Scope scope = Scope.open("test");
                    Decoder one = Tiny.model(model);
                    Decoder two = Tiny.model(model)) {
                read(one, Tiny.folder(model + "/" + which)).save(first);
                read(two, first).save(second);
                for (String file : FILES) {
                    assertArrayEquals(
                            Files.readAllBytes(first.resolve(file)), Files.readAllBytes(second.resolve(file)), file);
                }
                Tensor before = new FrozenPass(one).logits(Tiny.batch(model));
                Tolerance.assertSame("logits", before, new FrozenPass(two).logits(Tiny.batch(model)));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"llama, plain", "llama, patterns", "qwen2, modules_to_save"})
    void tensorsOfAPeftFolderAreWrittenAsTheyWere(String model, String which) {
        Path original = Tiny.folder(model + "/" + which);
        try (Scope scope = Scope.open("test");
                Decoder decoder = Tiny.model(model)) {
            read(decoder, original).save(folder);
            try (SafetensorsFile theirs = SafetensorsFile.open(original.resolve("adapter_model.safetensors"));
                    SafetensorsFile ours = SafetensorsFile.open(folder.resolve("adapter_model.safetensors"))) {
                assertEquals(theirs.entries().keySet(), ours.entries().keySet());
                assertEquals("pt", ours.metadata().get("format"));
                for (String name : theirs.entries().keySet()) {
                    Tolerance.assertSame(name, theirs.read(name), ours.read(name));
                }
            }
        }
    }

    @Test
    void theConfigHasOnlyKeysThatOldLoadersKnow() throws IOException {
        try (Scope scope = Scope.open("test");
                Decoder decoder = Tiny.model("llama")) {
            TuningRequest request = TuningRequest.of("models/tiny", 1).with(new Lora(4, 8, 0.1, List.of("all"), true));
            new LoraTuning().install(decoder, request).save(folder);
        }
        JsonNode config = config(folder);
        Set<String> keys = new TreeSet<>();
        config.fieldNames().forEachRemaining(keys::add);
        Set<String> since08 = new TreeSet<>(List.of(
                "alpha_pattern",
                "auto_mapping",
                "base_model_name_or_path",
                "bias",
                "fan_in_fan_out",
                "inference_mode",
                "init_lora_weights",
                "layers_pattern",
                "layers_to_transform",
                "loftq_config",
                "lora_alpha",
                "lora_dropout",
                "megatron_config",
                "megatron_core",
                "modules_to_save",
                "peft_type",
                "r",
                "rank_pattern",
                "revision",
                "target_modules",
                "task_type",
                "use_rslora"));
        assertEquals(since08, keys);
        assertEquals("models/tiny", config.get("base_model_name_or_path").asText());
        assertEquals("CAUSAL_LM", config.get("task_type").asText());
        assertEquals("LORA", config.get("peft_type").asText());
        assertEquals(4, config.get("r").asInt());
        assertTrue(config.get("lora_alpha").isInt());
        assertEquals(8, config.get("lora_alpha").asInt());
        assertEquals(0.1, config.get("lora_dropout").asDouble());
        assertTrue(config.get("use_rslora").asBoolean());
        assertTrue(config.get("inference_mode").asBoolean());
        assertTrue(config.get("modules_to_save").isNull());
        assertEquals(
                "[\"down_proj\",\"gate_proj\",\"k_proj\",\"o_proj\",\"q_proj\",\"up_proj\",\"v_proj\"]",
                config.get("target_modules").toString());
        assertTrue(Files.readString(folder.resolve("adapter_config.json")).startsWith("{\n  \"alpha_pattern\": {},\n"));
    }

    @Test
    void wholeModulesAreStoredUnderTheirOwnNames() throws IOException {
        try (Scope scope = Scope.open("test");
                Decoder decoder = Tiny.model("llama")) {
            TuningRequest request = TuningRequest.of("tiny", 1).withAdditionalTarget(List.of("lm_head", "1.mlp"));
            Adapter adapter = new LoraTuning().install(decoder, request);
            move(adapter);
            adapter.save(folder);
            try (SafetensorsFile file = SafetensorsFile.open(folder.resolve("adapter_model.safetensors"))) {
                Set<String> names = file.entries().keySet();
                assertTrue(names.contains("base_model.model.lm_head.weight"));
                assertTrue(names.contains("base_model.model.model.layers.1.mlp.gate_proj.weight"));
                assertTrue(names.stream().noneMatch(name -> name.contains("modules_to_save")));
                assertTrue(names.stream().noneMatch(name -> name.contains("layers.1.mlp") && name.contains("lora")));
                Tolerance.assertSame(
                        "head",
                        decoder.parameters().get("lm_head.weight").value(),
                        file.read("base_model.model.lm_head.weight"));
            }
        }
        assertEquals(
                "[\"lm_head\",\"1.mlp\"]", config(folder).get("modules_to_save").toString());
    }

    @Test
    void aTiedMatrixIsStoredUnderBothNamesAndComesBackAsOne() throws IOException {
        try (Scope scope = Scope.open("test");
                Decoder decoder = Tiny.model("qwen2");
                Decoder again = Tiny.model("qwen2")) {
            TuningRequest request =
                    TuningRequest.of("tiny", 1).withAdditionalTarget(List.of("embed_tokens", "lm_head"));
            Adapter adapter = new LoraTuning().install(decoder, request);
            move(adapter);
            adapter.save(folder);
            assertEquals(
                    "[\"embed_tokens\"]", config(folder).get("modules_to_save").toString());
            assertTrue(config(folder).get("ensure_weight_tying").asBoolean());
            read(again, folder);
            Parameter head = again.parameters().get("lm_head.weight");
            assertSame(again.parameters().get("model.embed_tokens.weight"), head);
            Tolerance.assertSame(
                    "matrix", decoder.parameters().get("lm_head.weight").value(), head.value());
        }
    }

    @Test
    void aStoredAdapterWithTwoMatricesUntiesTheModelForGood() {
        try (Scope scope = Scope.open("test");
                Decoder decoder = Tiny.model("qwen2")) {
            assertTrue(decoder.parameters().ties().containsKey("lm_head.weight"));
            Adapter adapter = read(decoder, Tiny.folder("qwen2/modules_to_save"));
            adapter.merge();
            assertFalse(decoder.parameters().ties().containsKey("lm_head.weight"));
            Parameter head = decoder.parameters().get("lm_head.weight");
            Parameter embedding = decoder.parameters().get("model.embed_tokens.weight");
            assertTrue(Tolerance.relativeMax(head.value(), embedding.value()) > 0.1);
        }
    }

    @Test
    void aTableThatAFileCarriesAlongReplacesTheBaseAndDoesNotTrain() {
        try (Scope scope = Scope.open("test");
                Decoder source = Tiny.model("llama");
                Decoder decoder = Tiny.model("llama")) {
            Adapter adapter = new LoraTuning()
                    .install(source, TuningRequest.of("tiny", 1).withAdditionalTarget(List.of("embed_tokens")));
            move(adapter);
            adapter.save(folder);
            PeftFixtures.edit(folder, root -> root.putNull("modules_to_save"));
            Adapter read = read(decoder, folder);
            Parameter table = decoder.parameters().get("model.embed_tokens.weight");
            assertFalse(table.trainable());
            Tolerance.assertSame(
                    "table",
                    source.parameters().get("model.embed_tokens.weight").value(),
                    table.value());
            Tolerance.assertSame(
                    "logits",
                    new FrozenPass(source).logits(Tiny.batch("llama")),
                    new FrozenPass(decoder).logits(Tiny.batch("llama")));
            read.enabled(false);
            read.enabled(true);
            assertEquals(28, read.parameters().size());
        }
    }

    @Test
    void anAdapterOffIsSavedAsItWouldBeOn() throws IOException {
        Path other = folder.resolve("off");
        try (Scope scope = Scope.open("test");
                Decoder decoder = Tiny.model("llama")) {
            Adapter adapter = read(decoder, Tiny.folder("llama/modules_to_save"));
            adapter.save(folder.resolve("on"));
            adapter.enabled(false);
            adapter.save(other);
            assertFalse(adapter.enabled());
            assertArrayEquals(
                    Files.readAllBytes(folder.resolve("on/adapter_model.safetensors")),
                    Files.readAllBytes(other.resolve("adapter_model.safetensors")));
        }
    }

    @Test
    void pureBf16IsWrittenAsBf16() {
        try (Scope scope = Scope.open("test");
                Decoder decoder = Tiny.model("llama")) {
            decoder.parameters().all().forEach(p -> p.replace(Torch.copy(p.value(), DType.BFLOAT16)));
            new LoraTuning()
                    .install(decoder, TuningRequest.of("tiny", 1).withPureBf16(true))
                    .save(folder);
            try (SafetensorsFile file = SafetensorsFile.open(folder.resolve("adapter_model.safetensors"))) {
                file.entries().values().forEach(entry -> assertEquals(DType.BFLOAT16, entry.dtype()));
            }
        }
    }
}
