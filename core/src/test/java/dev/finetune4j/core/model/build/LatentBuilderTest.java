package dev.finetune4j.core.model.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.model.Block;
import dev.finetune4j.core.model.Decoder;
import dev.finetune4j.core.model.Tape;
import dev.finetune4j.core.model.attention.AttentionKernels;
import dev.finetune4j.core.model.attention.latent.LatentAttention;
import dev.finetune4j.core.model.config.AttentionConfig;
import dev.finetune4j.core.model.config.AttentionConfig.Layout;
import dev.finetune4j.core.model.config.AttentionConfig.View;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.LatentConfig;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.config.RopeConfig;
import dev.finetune4j.core.model.linear.Linear;
import dev.finetune4j.core.runtime.ComputePolicy;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Draws;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.testing.GoldenDecoder;
import dev.finetune4j.core.testing.NoTensorLeak;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.NoGradGuard;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Configs with latent attention become decoders. */
@NoTensorLeak
class LatentBuilderTest {
    private static final String MODULE = "model.layers.0.self_attn.";

    private static ModelConfig config(int queryRank, boolean bias) {
        ModelConfig base = ConfigFile.open(
                        GoldenDecoder.named(GoldenDecoder.ALL.get(0)).folder())
                .read();
        LatentConfig latent = new LatentConfig(queryRank, 10, 6, 4, 5, 1e-6, bias);
        AttentionConfig attention = new AttentionConfig(
                4,
                4,
                10,
                Layout.SEPARATE,
                false,
                false,
                null,
                0.3,
                0,
                0,
                false,
                false,
                latent,
                null,
                Collections.nCopies(base.sizes().layers(), View.ALL));
        return new ModelConfig(
                base.modelType(),
                base.sizes(),
                base.names(),
                base.input(),
                base.block(),
                attention,
                List.of(RopeConfig.plain(4, 10000).asInterleaved()),
                base.feedForward(),
                base.experts(),
                base.head(),
                base.stored(),
                base.raw());
    }

    private static Decoder decoder(ModelConfig config) {
        return new DecoderLoader(config, ComputePolicy.FP32, AttentionKernels.named("fused"), Device.CPU).fresh(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "0; false; q_proj.weight [40, H], kv_a_proj_with_mqa.weight [14, H], kv_a_layernorm.weight [10],"
                        + " kv_b_proj.weight [44, 10], o_proj.weight [H, 20]",
                "8; true; q_a_proj.weight [8, H], q_a_proj.bias [8], q_a_layernorm.weight [8], q_b_proj.weight [40, 8],"
                        + " kv_a_proj_with_mqa.weight [14, H], kv_a_proj_with_mqa.bias [14], kv_a_layernorm.weight [10],"
                        + " kv_b_proj.weight [44, 10], o_proj.weight [H, 20], o_proj.bias [H]"
            })
    void shapesAreThoseOfDeepSeeksCheckpoints(int queryRank, boolean bias, String expected) {
        ModelConfig config = config(queryRank, bias);
        String hidden = Integer.toString(config.sizes().hidden());
        String actual = ModelShapes.of(config).all().entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(MODULE))
                .map(entry -> entry.getKey().substring(MODULE.length()) + " " + Arrays.toString(entry.getValue()))
                .collect(Collectors.joining(", "));
        assertEquals(expected.replace("H", hidden), actual);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 8})
    void everyParameterOfTheConfigIsInTheDecoder(int queryRank) {
        ModelConfig config = config(queryRank, true);
        try (Scope scope = Scope.open("test");
                Decoder decoder = decoder(config)) {
            Block block = decoder.blocks().get(0);
            assertTrue(block.attention() instanceof LatentAttention);
            assertEquals(
                    ModelShapes.of(config).all().keySet().stream()
                            .filter(name -> name.startsWith("model.layers.0."))
                            .sorted()
                            .toList(),
                    block.parameters().stream()
                            .map(parameter -> parameter.name())
                            .sorted()
                            .toList());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void thinMapsOfTheHiddenStatesAreOneProduct(boolean bias) {
        try (Scope scope = Scope.open("test");
                NoGradGuard noGrad = new NoGradGuard();
                Tape tape = Tape.off(Draws.NONE);
                Decoder decoder = decoder(config(8, bias))) {
            List<Linear> maps = decoder.blocks().get(0).attention().projections();
            assertEquals(MODULE + "kv_a_proj_with_mqa", maps.get(2).name());
            assertNotNull(Linear.joined(List.of(maps.get(0), maps.get(2)), tape));
        }
    }
}
