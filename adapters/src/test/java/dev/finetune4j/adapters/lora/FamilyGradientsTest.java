package dev.finetune4j.adapters.lora;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.adapters.Walk;
import dev.finetune4j.core.batch.Labels;
import dev.finetune4j.core.batch.TokenBatch;
import dev.finetune4j.core.batch.TokenRow;
import dev.finetune4j.core.model.Decoder;
import dev.finetune4j.core.model.FrozenPass;
import dev.finetune4j.core.model.attention.FusedAttention;
import dev.finetune4j.core.model.build.DecoderLoader;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.runtime.ComputePolicy;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Draws;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.testing.GoldenDecoder;
import dev.finetune4j.core.testing.NoTensorLeak;
import dev.finetune4j.core.testing.Randoms;
import dev.finetune4j.core.tuning.Adapter;
import dev.finetune4j.core.tuning.TuningRequest;
import dev.finetune4j.core.tuning.TuningRequest.Lora;
import dev.finetune4j.core.weights.Parameter;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Gradients of adapters on maps of every shape, each factor against differences of the loss in fp64. */
@NoTensorLeak
class FamilyGradientsTest {
    private static final double STEP = 1e-6;

    private static Decoder wide(GoldenDecoder golden) {
        return new DecoderLoader(
                        ConfigFile.open(golden.folder()).read(),
                        ComputePolicy.FP64,
                        new FusedAttention(),
                        Device.CPU,
                        (name, shape, stored) -> DType.FLOAT64)
                .load(golden.folder());
    }

    /** Transposed matrices, fused maps in all their orders, latent attention, experts apart, stacked and shared. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "gpt2",
                "phi3",
                "glm4",
                "falcon7",
                "falcon40",
                "gpt_neox",
                "bloom",
                "chatglm",
                "internlm2",
                "baichuan",
                "deepseek_v2",
                "deepseek_v3",
                "mixtral",
                "qwen2_moe",
                "glm4_moe",
                "granitemoe",
                "llama4",
                "gpt_oss"
            })
    void everyFactorsGradientEqualsDifferences(String name) {
        GoldenDecoder golden = GoldenDecoder.named(name);
        TokenBatch batch = golden.batch();
        TuningRequest request = TuningRequest.of("tiny", 5).with(new Lora(2, 3, 0, List.of("all"), false));
        Randoms randoms = new Randoms(3);
        try (Scope scope = Scope.open("test");
                Decoder decoder = wide(golden)) {
            Adapter adapter = new LoraTuning().install(decoder, request);
            for (Parameter factor : adapter.parameters()) {
                factor.value().copy_(direction(randoms, factor).mul_(Torch.scalar(0.2)));
            }
            new Walk(decoder, Draws.NONE).forwardBackward(batch);
            double steepest = 0;
            for (Parameter factor : adapter.parameters()) {
                assertEquals(DType.FLOAT64, factor.dtype());
                try (Scope one = Scope.open(factor.name())) {
                    Tensor direction = direction(randoms, factor);
                    double slope = factor.gradientBuffer().mul(direction).sum().item_double();
                    double expected = differences(decoder, batch, factor, direction);
                    assertEquals(expected, slope, 1e-6 * (1 + Math.abs(expected)), factor.name());
                    steepest = Math.max(steepest, Math.abs(slope));
                }
            }
            assertTrue(steepest > 1e-3, "no factor matters: " + steepest);
        }
    }

    private static Tensor direction(Randoms randoms, Parameter factor) {
        return Torch.to(randoms.normal(factor.shape()), DType.FLOAT64);
    }

    private static double differences(Decoder decoder, TokenBatch batch, Parameter factor, Tensor direction) {
        factor.value().add_(direction, Torch.scalar(STEP));
        double above = loss(decoder, batch);
        factor.value().sub_(direction, Torch.scalar(2 * STEP));
        double below = loss(decoder, batch);
        factor.value().add_(direction, Torch.scalar(STEP));
        return (above - below) / (2 * STEP);
    }

    /** Mean cross-entropy over labelled tokens. */
    private static double loss(Decoder decoder, TokenBatch batch) {
        try (Scope scope = Scope.open("loss")) {
            Tensor logProbs = new FrozenPass(decoder).logits(batch).log_softmax(-1);
            int vocabulary = (int) logProbs.size(1);
            float[] picked = new float[batch.length() * vocabulary];
            int at = 0;
            for (TokenRow row : batch.rows()) {
                for (int t = 1; t < row.length(); t++) {
                    if (row.labels()[t] != Labels.IGNORED) {
                        picked[(at + t - 1) * vocabulary + row.labels()[t]] = -1f / batch.labelled();
                    }
                }
                at += row.length();
            }
            Tensor weights = Torch.to(Torch.floats(picked, Device.CPU), DType.FLOAT64);
            return logProbs.reshape(-1).mul(weights).sum().item_double();
        }
    }
}
