package dev.finetune4j.core.model.build;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.core.model.Decoder;
import dev.finetune4j.core.model.attention.AttentionKernels;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.runtime.ComputePolicy;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.testing.GoldenDecoder;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class FreshWeightsTest {
    private static final int WIDTH = 512;

    private static ModelConfig config(String golden, Consumer<ObjectNode> change) {
        ObjectNode root =
                ConfigFile.open(GoldenDecoder.named(golden).folder()).root().deepCopy();
        root.put("initializer_range", 0.05);
        change.accept(root);
        return new ConfigFile("config.json", root).read();
    }

    private static ModelConfig config(String golden) {
        return config(golden, root -> {});
    }

    private static float[] values(ModelConfig config, String name, long... shape) {
        try (Scope scope = Scope.open("test")) {
            return Torch.toFloats(new FreshWeights(config, 1).tensor(name, shape));
        }
    }

    private static double deviation(ModelConfig config, String name, long... shape) {
        try (Scope scope = Scope.open("test")) {
            return new FreshWeights(config, 1).tensor(name, shape).std().item_double();
        }
    }

    @Test
    void matricesAreNormalAndBiasesZero() {
        ModelConfig config = config("qwen2");
        String map = "model.layers.0.self_attn.q_proj";
        assertEquals(0.05, deviation(config, map + ".weight", WIDTH, WIDTH), 5e-4);
        assertArrayEquals(new float[4], values(config, map + ".bias", 4));
        assertArrayEquals(new float[4], values(config, "model.layers.0.mlp.gate.e_score_correction_bias", 4));
        assertArrayEquals(new float[4], values(config, "model.layers.0.mlp.experts.gate_up_proj_bias", 2, 2));
        assertEquals(0.05, deviation(config, "model.layers.0.mlp.experts.gate_up_proj", 4, 128, WIDTH), 5e-4);
        assertEquals(0.05, deviation(config, "model.layers.0.self_attn.sinks", WIDTH * WIDTH), 5e-4);
    }

    @Test
    void aRangeOfZeroIsTheUsualOne() {
        ModelConfig config = config("llama", root -> root.put("initializer_range", 0.0));
        assertEquals(0.02, deviation(config, "model.layers.0.self_attn.q_proj.weight", WIDTH, WIDTH), 2e-4);
    }

    @Test
    void normsAreOneAndOffsetsZero() {
        assertArrayEquals(new float[] {1, 1}, values(config("llama"), "model.norm.weight", 2));
        assertArrayEquals(new float[] {0, 0}, values(config("gemma"), "model.norm.weight", 2));
        assertArrayEquals(new float[] {0, 0}, values(config("gemma3"), "model.layers.0.self_attn.q_norm.weight", 2));
        assertArrayEquals(new float[] {1, 1}, values(config("qwen3"), "model.layers.0.self_attn.q_norm.weight", 2));
        assertArrayEquals(
                new float[] {1, 1, 1, 1},
                values(config("cohere_qk_norm"), "model.layers.0.self_attn.q_norm.weight", 2, 2));
        assertArrayEquals(new float[] {1, 1}, values(config("gpt2"), "transformer.h.0.ln_1.weight", 2));
        assertArrayEquals(new float[] {0, 0}, values(config("gpt2"), "transformer.h.0.ln_1.bias", 2));
    }

    @Test
    void mapsIntoTheResidualStreamOfGpt2StartSmaller() {
        ModelConfig config = config("gpt2");
        double smaller = 0.05 / Math.sqrt(2.0 * config.sizes().layers());
        assertEquals(smaller, deviation(config, "transformer.h.0.attn.c_proj.weight", WIDTH, WIDTH), 5e-4);
        assertEquals(0.05, deviation(config, "transformer.h.0.attn.c_attn.weight", WIDTH, WIDTH), 5e-4);
        assertEquals(0.05, deviation(config("starcoder2"), "model.layers.0.mlp.c_proj.weight", WIDTH, WIDTH), 5e-4);
    }

    @Test
    void theRowOfAPaddingTokenIsZeroWhereTheEmbeddingIsToldIt() {
        ModelConfig llama = config("llama", root -> root.put("pad_token_id", 2));
        float[] table = values(llama, "model.embed_tokens.weight", 4, 1);
        assertEquals(0, table[2]);
        assertFalse(table[1] == 0);
        float[] head = values(llama, "lm_head.weight", 4, 1);
        assertFalse(head[2] == 0);
        ModelConfig gpt2 = config("gpt2", root -> root.put("pad_token_id", 2));
        assertFalse(values(gpt2, "transformer.wte.weight", 4, 1)[2] == 0);
        assertEquals(
                96 - 1,
                PaddingRow.of(config("llama", root -> root.put("pad_token_id", -1)))
                        .orElseThrow());
        assertFalse(PaddingRow.of(config("llama", root -> root.put("pad_token_id", 96)))
                .isPresent());
        assertFalse(PaddingRow.of(config("llama", root -> root.putNull("pad_token_id")))
                .isPresent());
    }

    @Test
    void aDecoderIsDrawnInTheDtypeOfItsConfig() {
        ModelConfig config = config("llama", root -> root.put("dtype", "bfloat16"));
        try (Scope scope = Scope.open("test");
                Decoder decoder = new DecoderLoader(
                                config, ComputePolicy.FP32, AttentionKernels.named("fused"), Device.CPU)
                        .fresh(1)) {
            String name = "model.layers.0.self_attn.q_proj.weight";
            Tensor drawn = decoder.parameters().get(name).value();
            assertEquals(DType.BFLOAT16, DType.of(drawn));
            Tensor exact = new FreshWeights(config, 1).tensor(name, drawn.shape());
            assertArrayEquals(Torch.toFloats(Torch.to(exact, DType.BFLOAT16)), Torch.toFloats(drawn));
        }
    }
}
