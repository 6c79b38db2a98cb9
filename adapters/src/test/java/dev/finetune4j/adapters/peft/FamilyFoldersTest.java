package dev.finetune4j.adapters.peft;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.adapters.Walk;
import dev.finetune4j.adapters.lora.LoraTuning;
import dev.finetune4j.core.batch.TokenBatch;
import dev.finetune4j.core.batch.TokenRow;
import dev.finetune4j.core.model.Decoder;
import dev.finetune4j.core.model.FrozenPass;
import dev.finetune4j.core.model.attention.FusedAttention;
import dev.finetune4j.core.runtime.ComputePolicy;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Draws;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.testing.GoldenDecoder;
import dev.finetune4j.core.testing.NoTensorLeak;
import dev.finetune4j.core.testing.Tolerance;
import dev.finetune4j.core.tuning.Adapter;
import dev.finetune4j.core.tuning.TuningRequest;
import dev.finetune4j.core.tuning.TuningRequest.Lora;
import dev.finetune4j.core.weights.Disk;
import dev.finetune4j.core.weights.Parameter;
import dev.finetune4j.core.weights.SafetensorsWriter;
import dev.finetune4j.core.weights.SafetensorsWriter.Item;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Adapters on every linear map of every family: trained, written, read back, merged. With {@code -Dpeft.export=FOLDER} the
 * folders and the logits stay there, for {@code parity/peft_loads_families.py} to hold PEFT against them.
 */
@NoTensorLeak
class FamilyFoldersTest {
    /** A model, and the modules that train whole beside its adapters. */
    private static final List<String> WITH_TABLES = List.of(
            "gpt2+wte",
            "gpt2+lm_head",
            "gpt_neox+embed_in+embed_out",
            "falcon40+word_embeddings",
            "internlm2+tok_embeddings+output",
            "chatglm+word_embeddings+output_layer",
            "gpt_oss+embed_tokens");

    @TempDir
    Path temporary;

    static Stream<String> names() {
        return Stream.concat(GoldenDecoder.ALL.stream(), WITH_TABLES.stream());
    }

    private static Decoder load(GoldenDecoder golden) {
        return golden.load(ComputePolicy.FP32, new FusedAttention());
    }

    /** Two steps that move the logits well, each along the gradient's direction. */
    private static void train(Decoder decoder, Adapter adapter, TokenBatch batch) {
        for (int step = 0; step < 2; step++) {
            new Walk(decoder, Draws.NONE).forwardBackward(batch);
            for (Parameter parameter : adapter.parameters()) {
                try (Scope scope = Scope.open("step")) {
                    Tensor gradient = parameter.gradientBuffer();
                    double norm = gradient.norm().item_double();
                    parameter.value().add_(gradient, new Scalar(norm == 0 ? 0 : -0.3 / norm));
                }
                parameter.dropGradient();
            }
        }
    }

    private static List<Item> logits(Decoder decoder, List<TokenRow> rows) {
        List<Item> items = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            items.add(Item.of("logits." + i, new FrozenPass(decoder).logits(new TokenBatch(List.of(rows.get(i))))));
            items.add(Item.of("input_ids." + i, Torch.ints(rows.get(i).ids(), Device.CPU)));
        }
        return items;
    }

    private static double apart(List<Item> some, List<Item> others) {
        double apart = 0;
        for (int i = 0; i < some.size(); i += 2) {
            apart = Math.max(
                    apart,
                    Tolerance.relativeMax(
                            some.get(i).tensor().get(), others.get(i).tensor().get()));
        }
        return apart;
    }

    @ParameterizedTest
    @MethodSource("names")
    void whatAFolderHoldsIsReadBackAndMerges(String name) throws Exception {
        List<String> parts = List.of(name.split("[+]"));
        GoldenDecoder golden = GoldenDecoder.named(parts.get(0));
        List<TokenRow> rows = golden.rows();
        Path folder = Files.createDirectories(
                Path.of(System.getProperty("peft.export", temporary.toString())).resolve(name));
        TuningRequest request = TuningRequest.of("tiny-" + name, 9)
                .with(new Lora(3, 6, 0, List.of("all"), false))
                .withAdditionalTarget(parts.subList(1, parts.size()));
        try (Scope scope = Scope.open("test");
                Decoder decoder = load(golden);
                Decoder again = load(golden)) {
            List<Item> base = logits(decoder, rows);
            Adapter adapter = new LoraTuning().install(decoder, request);
            train(decoder, adapter, golden.batch());
            adapter.save(folder.resolve("adapter"));
            List<Item> trained = logits(decoder, rows);
            new SafetensorsWriter(Disk.DEFAULT).write(folder.resolve("logits.safetensors"), trained);
            assertTrue(apart(trained, base) > 1e-3, "training hardly moves the logits: " + apart(trained, base));

            TuningRequest stored = request.withAdapters(List.of(folder.resolve("adapter")), false);
            Adapter read = new LoraTuning().install(again, stored);
            double readApart = apart(logits(again, rows), trained);
            assertTrue(readApart == 0, "logits after reading differ by " + readApart);
            read.merge();
            double mergedApart = apart(logits(again, rows), trained);
            assertTrue(mergedApart <= Tolerance.FORWARD, "logits after merging differ by " + mergedApart);
        }
    }
}
