package dev.finetune4j.adapters.peft;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.adapters.Tiny;
import dev.finetune4j.adapters.Walk;
import dev.finetune4j.adapters.lora.LoraTuning;
import dev.finetune4j.core.batch.TokenBatch;
import dev.finetune4j.core.batch.TokenRow;
import dev.finetune4j.core.model.Decoder;
import dev.finetune4j.core.model.FrozenPass;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Draws;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.tuning.Adapter;
import dev.finetune4j.core.tuning.TuningRequest;
import dev.finetune4j.core.tuning.TuningRequest.Lora;
import dev.finetune4j.core.weights.Disk;
import dev.finetune4j.core.weights.Parameter;
import dev.finetune4j.core.weights.SafetensorsWriter;
import dev.finetune4j.core.weights.SafetensorsWriter.Item;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Trains adapters for a few steps and writes them with the logits they give. With {@code -Dpeft.export=FOLDER} the files stay
 * there, for {@code parity/peft_loads_ours.py} to hold PEFT against them; without, they are only read back here.
 */
class PeftExportTest {
    @TempDir
    Path temporary;

    private static void train(Decoder decoder, Adapter adapter, String model) {
        for (int i = 0; i < 8; i++) {
            new Walk(decoder, Draws.NONE).forwardBackward(Tiny.batch(model));
            for (Parameter parameter : adapter.parameters()) {
                try (Scope scope = Scope.open("step")) {
                    parameter.value().add_(parameter.gradientBuffer(), new Scalar(-1.0));
                }
                parameter.dropGradient();
            }
        }
    }

    private static List<Item> logits(Decoder decoder, String model) {
        List<Item> items = new ArrayList<>();
        List<TokenRow> rows = Tiny.rows(model);
        for (int i = 0; i < rows.size(); i++) {
            items.add(Item.of("logits." + i, new FrozenPass(decoder).logits(new TokenBatch(List.of(rows.get(i))))));
            items.add(Item.of("input_ids." + i, Torch.ints(rows.get(i).ids(), Device.CPU)));
        }
        return items;
    }

    @ParameterizedTest
    @CsvSource({
        "llama, all, '', false",
        "llama, all, '', true",
        "qwen2, q_proj;v_proj;down_proj, '', false",
        "llama, q_proj, embed_tokens;lm_head;model.norm, false",
        "qwen2, v_proj, embed_tokens;lm_head, false",
        "qwen2, v_proj, lm_head, false",
        "qwen2, all, 0.self_attn.q_proj, true",
    })
    void aTrainedFolderIsReadBack(String model, String targets, String whole, boolean stabilised) throws IOException {
        Path folder = Path.of(System.getProperty("peft.export", temporary.toString()))
                .resolve(String.join("_", model, targets, whole, String.valueOf(stabilised))
                        .replace(';', '+'));
        Files.createDirectories(folder);
        TuningRequest request = TuningRequest.of("tiny-" + model, 9)
                .with(new Lora(4, 8, 0.05, Arrays.asList(targets.split(";")), stabilised))
                .withAdditionalTarget(whole.isEmpty() ? List.of() : Arrays.asList(whole.split(";")));
        try (Scope scope = Scope.open("test");
                Decoder decoder = Tiny.model(model);
                Decoder again = Tiny.model(model)) {
            Adapter adapter = new LoraTuning().install(decoder, request);
            train(decoder, adapter, model);
            adapter.save(folder.resolve("adapter"));
            List<Item> logits = logits(decoder, model);
            new SafetensorsWriter(Disk.DEFAULT).write(folder.resolve("logits.safetensors"), logits);
            TuningRequest stored = request.withAdapters(List.of(folder.resolve("adapter")), false);
            new LoraTuning().install(again, stored);
            List<Item> read = logits(again, model);
            for (int i = 0; i < logits.size(); i++) {
                assertTrue(
                        logits.get(i).tensor().get().equal(read.get(i).tensor().get()), "logits after reading");
            }
        }
    }
}
