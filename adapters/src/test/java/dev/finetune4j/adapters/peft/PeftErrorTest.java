package dev.finetune4j.adapters.peft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.adapters.Tiny;
import dev.finetune4j.adapters.lora.LoraTuning;
import dev.finetune4j.core.error.FineTuneException;
import dev.finetune4j.core.error.UnsupportedException;
import dev.finetune4j.core.error.WeightException;
import dev.finetune4j.core.model.Decoder;
import dev.finetune4j.core.model.FrozenPass;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.testing.NoTensorLeak;
import dev.finetune4j.core.testing.Tolerance;
import dev.finetune4j.core.tuning.TuningRequest;
import dev.finetune4j.core.weights.Disk;
import dev.finetune4j.core.weights.Parameter;
import dev.finetune4j.core.weights.SafetensorsFile;
import dev.finetune4j.core.weights.SafetensorsWriter;
import dev.finetune4j.core.weights.SafetensorsWriter.Item;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders that cannot be used: one error each, which says what is wrong, and a model that is untouched. */
@NoTensorLeak
class PeftErrorTest {
    private static final String TENSORS = "adapter_model.safetensors";

    @TempDir
    Path temporary;

    private Path folder;

    @BeforeEach
    void copyAGoodFolder() {
        folder = PeftFixtures.copy(Tiny.folder("llama/plain"), temporary.resolve("adapter"));
    }

    private static TuningRequest request(Path... folders) {
        return TuningRequest.of("tiny", 1).withAdapters(List.of(folders), false);
    }

    private <E extends FineTuneException> String refused(Class<E> kind) {
        try (Scope scope = Scope.open("test");
                Decoder decoder = Tiny.model("llama")) {
            // A good adapter comes first: it must not be merged when the second one does not fit.
            Path good = Tiny.folder("llama/rslora");
            Tensor before = new FrozenPass(decoder).logits(Tiny.batch("llama"));
            decoder.parameters().all().forEach(parameter -> parameter.trainable(true));
            E error = assertThrows(kind, () -> new LoraTuning().install(decoder, request(good, folder)));
            assertTrue(error.getMessage().contains(folder.toString()), error.getMessage());
            Tolerance.assertSame("logits", before, new FrozenPass(decoder).logits(Tiny.batch("llama")));
            assertTrue(decoder.parameters().all().stream().allMatch(Parameter::trainable));
            return error.getMessage();
        }
    }

    private void accepted() {
        try (Scope scope = Scope.open("test");
                Decoder decoder = Tiny.model("llama")) {
            assertEquals(
                    28,
                    new LoraTuning()
                            .install(decoder, request(folder))
                            .parameters()
                            .size());
        }
    }

    private void edit(Consumer<ObjectNode> change) {
        PeftFixtures.edit(folder, change);
    }

    /** Writes the tensors again under other names; those renamed to nothing are left out. */
    private void rename(UnaryOperator<String> change) throws IOException {
        Path file = folder.resolve(TENSORS);
        Path other = folder.resolve("other.safetensors");
        try (Scope scope = Scope.open("rename");
                SafetensorsFile source = SafetensorsFile.open(file)) {
            List<Item> items = new ArrayList<>();
            for (String name : source.entries().keySet()) {
                if (!change.apply(name).isEmpty()) {
                    items.add(Item.of(change.apply(name), source.read(name)));
                }
            }
            new SafetensorsWriter(Disk.DEFAULT).write(other, items);
        }
        Files.move(other, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    private static void assertSays(String message, String... parts) {
        for (String part : parts) {
            assertTrue(message.contains(part), () -> "\"" + part + "\" is not in: " + message);
        }
    }

    @Test
    void aFolderThatIsMissingOrHasNoConfig() throws IOException {
        Files.delete(folder.resolve("adapter_config.json"));
        assertSays(refused(WeightException.class), "adapter_config.json", "adapter_name_or_path");
        folder = temporary.resolve("nowhere");
        assertSays(refused(WeightException.class), "adapter_config.json");
    }

    @Test
    void aConfigThatIsNoJson() throws IOException {
        Files.writeString(folder.resolve("adapter_config.json"), "{\"r\": ");
        assertSays(refused(WeightException.class), "cannot be read");
        Files.writeString(folder.resolve("adapter_config.json"), "[]");
        assertSays(refused(WeightException.class), "no JSON object");
    }

    @Test
    void aConfigWithoutWhatAnAdapterNeeds() {
        edit(root -> root.remove("peft_type"));
        assertSays(refused(WeightException.class), "peft_type");
        edit(root -> root.put("peft_type", "LORA").putNull("target_modules"));
        assertSays(refused(WeightException.class), "target_modules");
    }

    @ParameterizedTest
    @CsvSource({"r, 0", "r, -4", "r, 2.5", "r, four", "lora_alpha, high"})
    void aConfigWithAnImpossibleNumber(String key, String value) {
        edit(root -> {
            if (value.matches("-?\\d+")) {
                root.put(key, Integer.parseInt(value));
            } else if (value.matches("[\\d.]+")) {
                root.put(key, Double.parseDouble(value));
            } else {
                root.put(key, value);
            }
        });
        assertSays(refused(WeightException.class), key, value);
    }

    @Test
    void aPatternThatIsNoRegularExpression() {
        edit(root -> root.put("target_modules", "(q_proj"));
        assertSays(refused(WeightException.class), "target_modules", "(q_proj");
    }

    @ParameterizedTest
    @CsvSource({
        "use_dora, true",
        "use_qalora, true",
        "use_bdlora, true",
        "lora_bias, true",
        "layer_replication, '[[0,1]]'",
        "alora_invocation_tokens, '[1]'",
        "corda_config, '{\"a\":1}'",
        "trainable_token_indices, '[5]'",
        "megatron_config, '{\"a\":1}'",
        "some_new_switch, true",
        "some_new_number, 3"
    })
    void aSwitchThatChangesTheResult(String key, String value) throws IOException {
        com.fasterxml.jackson.databind.JsonNode node =
                new com.fasterxml.jackson.databind.ObjectMapper().readTree(value);
        edit(root -> root.set(key, node));
        assertSays(refused(UnsupportedException.class), key, "known, not available yet");
    }

    @Test
    void trainedBiases() {
        edit(root -> root.put("bias", "lora_only"));
        assertSays(refused(UnsupportedException.class), "bias", "lora_only");
    }

    @ParameterizedTest
    @ValueSource(strings = {"pissa", "pissa_niter_16", "olora", "loftq", "corda"})
    void anInitialisationThatChangedTheBase(String start) {
        edit(root -> root.put("init_lora_weights", start));
        assertSays(refused(UnsupportedException.class), "init_lora_weights", start);
    }

    @Test
    void otherKindsOfAdapters() {
        edit(root -> root.put("peft_type", "OFT"));
        assertSays(refused(UnsupportedException.class), "OFT", "known, not available yet");
    }

    @Test
    void unknownKeysThatAreOffAreIgnored() {
        edit(root -> {
            root.put("a_new_flag", false)
                    .putNull("a_new_config")
                    .put("a_new_number", 0)
                    .put("a_new_text", "");
            root.putArray("a_new_list");
            root.putObject("a_new_map");
            root.put("peft_version", "0.99.0").put("runtime_config", "x");
        });
        accepted();
    }

    @Test
    void missingKeysMeanTheirDefaults() {
        edit(root -> {
            ObjectNode kept = root.objectNode();
            kept.set("peft_type", root.get("peft_type"));
            kept.set("r", root.get("r"));
            kept.set("lora_alpha", root.get("lora_alpha"));
            kept.set("target_modules", root.get("target_modules"));
            root.removeAll();
            root.setAll(kept);
        });
        accepted();
    }

    @Test
    void plainInitialisationsAreAccepted() {
        edit(root -> root.put("init_lora_weights", "gaussian"));
        accepted();
    }

    @Test
    void tensorsThatAreMissing() throws IOException {
        rename(name -> name.contains("layers.1.mlp.up_proj") ? "" : name);
        assertSays(
                refused(WeightException.class),
                "missing: base_model.model.model.layers.1.mlp.up_proj.lora_A.weight [4, 32]",
                "missing: base_model.model.model.layers.1.mlp.up_proj.lora_B.weight",
                "2 of 26 tensors");
    }

    @Test
    void tensorsWithoutAPlace() {
        edit(root -> root.putArray("target_modules").add("q_proj"));
        assertSays(refused(WeightException.class), "no place for", "and 14 more");
    }

    @Test
    void namesThatBeginInAnotherWay() throws IOException {
        rename(name -> name.replace("base_model.model.model.", "base_model.model.language_model.model."));
        assertSays(
                refused(WeightException.class),
                "begin with \"base_model.model.language_model\" where \"base_model.model\" is expected");
        rename(name -> name.replace("base_model.model.language_model.model.", "model."));
        assertSays(refused(WeightException.class), "begin with \"\" where \"base_model.model.\" is expected");
    }

    @Test
    void shapesOfAnotherModel() {
        edit(root -> root.put("r", 8));
        assertSays(refused(WeightException.class), "need [8, 32], found [4, 32]");
    }

    @Test
    void anAdapterForOtherModules() {
        edit(root -> root.putArray("target_modules").add("c_attn"));
        assertSays(refused(WeightException.class), "target_modules");
    }

    @Test
    void modulesToSaveThatTheModelDoesNotHave() {
        edit(root -> root.putArray("modules_to_save").add("score"));
        assertSays(refused(WeightException.class), "modules_to_save", "score");
    }

    @Test
    void aPickleThatIsNone() throws IOException {
        Files.move(folder.resolve(TENSORS), folder.resolve("adapter_model.bin"));
        assertSays(refused(WeightException.class), "adapter_model.bin", "neither a zip archive nor a pickle");
    }

    @Test
    void aTruncatedFile() throws IOException {
        byte[] bytes = Files.readAllBytes(folder.resolve(TENSORS));
        Files.write(folder.resolve(TENSORS), java.util.Arrays.copyOf(bytes, bytes.length - 100));
        assertSays(refused(WeightException.class), "truncated");
    }

    @Test
    void aFolderThatCannotBeWritten() throws IOException {
        Path file = Files.writeString(temporary.resolve("file"), "in the way");
        try (Scope scope = Scope.open("test");
                Decoder decoder = Tiny.model("llama")) {
            var adapter = new LoraTuning().install(decoder, TuningRequest.of("tiny", 1));
            WeightException e = assertThrows(WeightException.class, () -> adapter.save(file.resolve("adapter")));
            assertSays(e.getMessage(), file.toString());
        }
    }
}
