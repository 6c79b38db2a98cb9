package dev.finetune4j.finetune.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.finetune4j.core.model.Decoder;
import dev.finetune4j.core.model.attention.AttentionKernels;
import dev.finetune4j.core.runtime.ComputePolicy;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.testing.GoldenDecoder;
import dev.finetune4j.core.testing.NoTensorLeak;
import dev.finetune4j.core.testing.Tolerance;
import dev.finetune4j.core.weights.SafetensorsFile;
import dev.finetune4j.data.tokenizer.HuggingFaceTokenizer;
import dev.finetune4j.data.tokenizer.Tokenizer;
import dev.finetune4j.finetune.TinyWorld;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A model that was loaded and saved is the same model: every tensor, under the same name. With
 * {@code -Dfinetune4j.families.out=FOLDER} the saved models stay there for {@code parity/transformers_opens_ours.py}.
 */
@NoTensorLeak
class SavedFamiliesTest {
    @TempDir
    private Path temporary;

    static List<String> names() {
        return GoldenDecoder.ALL;
    }

    @ParameterizedTest
    @MethodSource("names")
    void savedModelHoldsWhatWasLoaded(String name) throws Exception {
        GoldenDecoder golden = GoldenDecoder.named(name);
        String kept = System.getProperty("finetune4j.families.out");
        Path folder = (kept == null ? temporary : Path.of(kept)).resolve(name);
        Files.createDirectories(folder);
        try (Tokenizer tokenizer =
                        HuggingFaceTokenizer.load(TinyWorld.in(temporary).model());
                Scope scope = Scope.open("test");
                Decoder decoder = golden.load(ComputePolicy.FP32, AttentionKernels.named("fused"))) {
            new ModelFolder(decoder, golden.folder(), tokenizer).write(folder);
        }
        try (Scope scope = Scope.open("compare");
                SafetensorsFile before = SafetensorsFile.open(golden.folder().resolve("model.safetensors"));
                SafetensorsFile after = SafetensorsFile.open(folder.resolve("model.safetensors"))) {
            for (String tensor : after.entries().keySet()) {
                Tolerance.assertSame(tensor, before.read(tensor), after.read(tensor));
            }
            List<String> lost = before.entries().keySet().stream()
                    .filter(tensor -> !after.entries().containsKey(tensor))
                    .filter(tensor -> !tensor.contains("mtp_layers") && !tensor.endsWith("lm_head.weight"))
                    .toList();
            assertEquals(List.of(), lost);
        }
    }
}
