package dev.finetune4j.training.walk;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.finetune4j.core.batch.TokenBatch;
import dev.finetune4j.core.batch.TokenRow;
import dev.finetune4j.core.model.Decoder;
import dev.finetune4j.core.model.FrozenPass;
import dev.finetune4j.core.model.attention.AttentionKernels;
import dev.finetune4j.core.runtime.ComputePolicy;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.testing.GoldenDecoder;
import dev.finetune4j.core.testing.NoTensorLeak;
import dev.finetune4j.core.testing.Tolerance;
import dev.finetune4j.core.weights.Parameter;
import dev.finetune4j.core.weights.SafetensorsFile;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Logits, losses and the gradient of every parameter equal what transformers computes. */
@NoTensorLeak
class DecoderParityTest {
    static Stream<Arguments> cases() {
        List<Arguments> all = new ArrayList<>();
        for (String name : GoldenDecoder.ALL) {
            for (String kernel : List.of("fused", "chunked")) {
                for (ActivationPolicy policy : ActivationPolicy.values()) {
                    all.add(Arguments.of(name, kernel, policy));
                }
            }
        }
        return all.stream();
    }

    static Stream<String> names() {
        return GoldenDecoder.ALL.stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void gradientOfEveryParameterEqualsTransformers(String name, String kernel, ActivationPolicy policy) {
        GoldenDecoder golden = GoldenDecoder.named(name);
        try (Scope scope = Scope.open("test");
                SafetensorsFile expected = golden.expected();
                Decoder decoder = golden.load(ComputePolicy.FP32, AttentionKernels.named(kernel))) {
            decoder.parameters().all().forEach(p -> p.trainable(true));
            TokenBatch batch = golden.batch();
            double loss =
                    walk(decoder, policy).forwardBackward(batch, new BatchWalk.Position(0, 0), 1.0 / batch.labelled());
            double sum = Objects.requireNonNull(expected.read("loss.sum").to(DType.FLOAT64.scalarType()))
                    .item_double();
            assertEquals(sum, loss, Tolerance.FORWARD * Math.abs(sum));
            assertGradients(decoder, expected);
        }
    }

    private static void assertGradients(Decoder decoder, SafetensorsFile expected) {
        for (Parameter parameter : decoder.parameters().trainable()) {
            Tolerance.assertClose(
                    parameter.name(),
                    expected.read("grad." + parameter.name()),
                    Objects.requireNonNull(parameter.gradient(), parameter.name()),
                    Tolerance.GRADIENT);
        }
    }

    @ParameterizedTest
    @CsvSource({"mixtral_aux, KEEP", "mixtral_aux, RECOMPUTE", "qwen3_moe_aux, KEEP", "qwen3_moe_aux, OFFLOAD"})
    void loadBalancingLossAndItsGradientsEqualTransformers(String name, ActivationPolicy policy) {
        double coefficient = 0.02;
        GoldenDecoder golden = GoldenDecoder.named(name);
        try (Scope scope = Scope.open("test");
                SafetensorsFile expected = golden.expected();
                Decoder decoder = golden.load(ComputePolicy.FP32, AttentionKernels.named("fused"))) {
            decoder.parameters().all().forEach(p -> p.trainable(true));
            TokenBatch batch = golden.batch();
            List<ActivationPolicy> policies =
                    Collections.nCopies(decoder.blocks().size(), policy);
            Walk walk = new Walk(decoder, new Walk.Options(policies, 16, 0, 0, coefficient));
            double scale = 1.0 / batch.labelled();
            double loss = walk.forwardBackward(batch, new BatchWalk.Position(0, 0), scale) * scale;
            double total = expected.read("total").item_float();
            assertEquals(total, loss, Tolerance.FORWARD * total);
            assertGradients(decoder, expected);
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void logitsOfBothConfigGenerationsEqualTransformers(String name) throws Exception {
        GoldenDecoder golden = GoldenDecoder.named(name);
        assertLogits(golden);
        Files.copy(
                golden.folder().resolve("config_old.json"),
                golden.folder().resolve("config.json"),
                StandardCopyOption.REPLACE_EXISTING);
        assertLogits(golden);
    }

    private static void assertLogits(GoldenDecoder golden) {
        try (Scope scope = Scope.open("test");
                SafetensorsFile expected = golden.expected();
                Decoder decoder = golden.load(ComputePolicy.FP32, AttentionKernels.named("fused"))) {
            Tensor logits = new FrozenPass(decoder).logits(golden.batch());
            int at = 0;
            int number = 0;
            for (TokenRow row : golden.rows()) {
                Tolerance.assertClose(
                        "logits of row " + number,
                        expected.read("logits." + number),
                        logits.narrow(0, at, row.length()),
                        Tolerance.FORWARD);
                at += row.length();
                number++;
            }
        }
    }

    private static Walk walk(Decoder decoder, ActivationPolicy policy) {
        List<ActivationPolicy> policies = Collections.nCopies(decoder.blocks().size(), policy);
        return new Walk(decoder, new Walk.Options(policies, 16, 0, 0));
    }
}
