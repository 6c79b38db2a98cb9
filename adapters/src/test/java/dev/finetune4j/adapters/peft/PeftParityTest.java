package dev.finetune4j.adapters.peft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.adapters.Tiny;
import dev.finetune4j.adapters.Walk;
import dev.finetune4j.adapters.lora.LoraTuning;
import dev.finetune4j.core.batch.TokenBatch;
import dev.finetune4j.core.batch.TokenRow;
import dev.finetune4j.core.model.Decoder;
import dev.finetune4j.core.model.FrozenPass;
import dev.finetune4j.core.runtime.Draws;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.testing.NoTensorLeak;
import dev.finetune4j.core.testing.Tolerance;
import dev.finetune4j.core.tuning.Adapter;
import dev.finetune4j.core.tuning.TuningRequest;
import dev.finetune4j.core.weights.Parameter;
import dev.finetune4j.core.weights.SafetensorsFile;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Folders that PEFT wrote do here what they do in PEFT. Golden files: parity/peft_lora.py. */
@NoTensorLeak
class PeftParityTest {
    private static void assertClose(String what, Tensor got, Tensor expected, double tolerance) {
        double apart = Tolerance.relativeMax(got, expected);
        assertTrue(apart <= tolerance, () -> what + " is off by " + apart + ", allowed " + tolerance);
    }

    private static Adapter install(Decoder decoder, String folder) {
        TuningRequest request = TuningRequest.of("tiny", 1).withAdapters(List.of(Tiny.folder(folder)), false);
        return new LoraTuning().install(decoder, request);
    }

    private static void assertLogits(Decoder decoder, String model, Tensor[] expected, String what) {
        List<TokenRow> rows = Tiny.rows(model);
        for (int i = 0; i < rows.size(); i++) {
            try (Scope scope = Scope.open("row")) {
                Tensor logits = new FrozenPass(decoder).logits(new TokenBatch(List.of(rows.get(i))));
                assertClose(what + " of row " + i, logits, expected[i], Tolerance.FORWARD);
            }
        }
    }

    private static Tensor[] rows(SafetensorsFile file, String prefix, int count) {
        Tensor[] rows = new Tensor[count];
        for (int i = 0; i < count; i++) {
            rows[i] = file.read(prefix + i);
        }
        return rows;
    }

    @ParameterizedTest
    @CsvSource({"llama", "qwen2"})
    void baseModelsAgreeBeforeAnyAdapter(String model) {
        try (Scope scope = Scope.open("test");
                SafetensorsFile expected = SafetensorsFile.open(Tiny.folder(model + "/base/expected.safetensors"));
                Decoder decoder = Tiny.model(model)) {
            assertLogits(decoder, model, rows(expected, "logits.", 3), "base logits");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "llama, plain", "llama, rslora", "llama, patterns", "llama, modules_to_save",
        "qwen2, plain", "qwen2, rslora", "qwen2, patterns", "qwen2, modules_to_save"
    })
    void logitsEqualThoseOfPeft(String model, String which) {
        String folder = model + "/" + which;
        try (Scope scope = Scope.open("test");
                SafetensorsFile expected = SafetensorsFile.open(Tiny.folder(folder + "/expected.safetensors"));
                SafetensorsFile base = SafetensorsFile.open(Tiny.folder(model + "/base/expected.safetensors"));
                Decoder decoder = Tiny.model(model)) {
            Adapter adapter = install(decoder, folder);
            assertLogits(decoder, model, rows(expected, "logits.", 3), "adapted logits");
            adapter.enabled(false);
            assertLogits(decoder, model, rows(base, "logits.", 3), "logits with the adapter off");
            adapter.enabled(true);
            assertLogits(decoder, model, rows(expected, "logits.", 3), "logits with the adapter on again");
            adapter.merge();
            assertLogits(decoder, model, rows(expected, "merged.logits.", 3), "merged logits");
            assertTrue(decoder.parameters().trainable().isEmpty());
            decoder.linears().forEach(linear -> assertEquals(null, linear.adapter()));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "llama, plain", "llama, rslora", "llama, patterns", "llama, modules_to_save",
        "qwen2, plain", "qwen2, rslora", "qwen2, patterns", "qwen2, modules_to_save"
    })
    void gradientsEqualThoseOfPeft(String model, String which) {
        String folder = model + "/" + which;
        try (Scope scope = Scope.open("test");
                SafetensorsFile expected = SafetensorsFile.open(Tiny.folder(folder + "/expected.safetensors"));
                Decoder decoder = Tiny.model(model)) {
            Adapter adapter = install(decoder, folder);
            new Walk(decoder, Draws.NONE).forwardBackward(Tiny.batch(model));
            int compared = 0;
            for (Parameter parameter : adapter.parameters()) {
                String key = parameter.name().startsWith(PeftNames.PREFIX)
                        ? parameter.name()
                        : PeftNames.saved(parameter.name());
                Tensor gradient = parameter.gradient();
                assertNotNull(gradient, key);
                assertClose("gradient of " + key, gradient, expected.read("grad." + key), Tolerance.GRADIENT);
                compared++;
            }
            Map<String, ?> all = expected.entries();
            assertEquals(
                    all.keySet().stream().filter(k -> k.startsWith("grad.")).count(), compared);
            assertEquals(decoder.parameters().trainable().size(), compared);
        }
    }

    @ParameterizedTest
    @CsvSource({"llama", "qwen2"})
    void adaptersMergeInTheirOrderAndTheLastTrainsOn(String model) {
        try (Scope scope = Scope.open("test");
                Decoder stacked = Tiny.model(model);
                Decoder byHand = Tiny.model(model)) {
            TuningRequest both = TuningRequest.of("tiny", 1)
                    .withAdapters(List.of(Tiny.folder(model + "/plain"), Tiny.folder(model + "/rslora")), false);
            Adapter last = new LoraTuning().install(stacked, both);
            install(byHand, model + "/plain").merge();
            last.enabled(false);
            Tensor afterFirst = new FrozenPass(byHand).logits(Tiny.batch(model));
            Tensor off = new FrozenPass(stacked).logits(Tiny.batch(model));
            Tolerance.assertSame("the first adapter merged", afterFirst, off);
            last.enabled(true);
            install(byHand, model + "/rslora");
            Tensor second = new FrozenPass(byHand).logits(Tiny.batch(model));
            Tolerance.assertSame("the second on top", second, new FrozenPass(stacked).logits(Tiny.batch(model)));
        }
    }
}
