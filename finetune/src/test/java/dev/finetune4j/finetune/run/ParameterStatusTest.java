package dev.finetune4j.finetune.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.model.Decoder;
import dev.finetune4j.core.model.attention.AttentionKernels;
import dev.finetune4j.core.plugin.Plugins;
import dev.finetune4j.core.runtime.ComputePolicy;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.testing.GoldenDecoder;
import dev.finetune4j.core.testing.NoTensorLeak;
import dev.finetune4j.core.tuning.TuningMethod;
import dev.finetune4j.core.tuning.TuningRequest;
import java.util.List;
import org.junit.jupiter.api.Test;

@NoTensorLeak
class ParameterStatusTest {
    @Test
    void everyParameterHasItsLineAndAdaptersComeLast() {
        try (Scope scope = Scope.open("test");
                Decoder decoder =
                        GoldenDecoder.named("llama").load(ComputePolicy.FP32, AttentionKernels.named("fused"))) {
            int own = decoder.parameters().all().size();
            Plugins.named(TuningMethod.class, "lora")
                    .install(
                            decoder,
                            TuningRequest.of("tiny", 1)
                                    .with(new TuningRequest.Lora(4, 8, 0, List.of("q_proj"), false)));
            List<String> lines = ParameterStatus.lines(decoder.parameters());
            assertEquals(own + 2 * decoder.blocks().size(), lines.size());
            assertEquals(
                    "name: model.norm.weight, shape: [32], dtype: float32, device: cpu, trainable: false",
                    lines.stream()
                            .filter(line -> line.startsWith("name: model.norm."))
                            .findFirst()
                            .orElseThrow());
            String last = lines.get(lines.size() - 1);
            assertTrue(last.contains("lora_B") && last.endsWith("trainable: true"), last);
        }
    }
}
