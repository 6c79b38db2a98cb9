package dev.finetune4j.training.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.testing.NoTensorLeak;
import dev.finetune4j.core.weights.Parameter;
import java.util.List;
import org.junit.jupiter.api.Test;

@NoTensorLeak
class ParameterGroupsTest {
    @Test
    void normsAndBiasesAreNotDecayed() {
        for (String name : List.of(
                "model.norm.weight",
                "model.layers.0.input_layernorm.weight",
                "model.layers.0.post_attention_layernorm.weight",
                "model.layers.3.self_attn.q_norm.weight",
                "model.layers.3.self_attn.q_proj.bias",
                "encoder.RMSNorm.weight")) {
            assertFalse(ParameterGroups.decays(name), name);
        }
        for (String name : List.of(
                "model.embed_tokens.weight",
                "lm_head.weight",
                "model.layers.0.mlp.up_proj.weight",
                "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight",
                "model.normal.weight")) {
            assertTrue(ParameterGroups.decays(name), name);
        }
    }

    @Test
    void aGroupsFactorMultipliesTheRate() {
        try (Scope scope = Scope.open("test");
                Parameter a = ones("a");
                Parameter b = ones("b");
                Optimizer sgd = new Sgd(new ParameterGroups(
                        p -> new ParameterGroups.Group(p.name().equals("b") ? 16 : 1, 0)))) {
            a.accumulate(Torch.floats(new float[] {1}, Device.CPU));
            b.accumulate(Torch.floats(new float[] {1}, Device.CPU));
            sgd.update(List.of(a, b), 0.01);
            assertEquals(0.99f, Torch.toFloats(a.value())[0], 1e-7f);
            assertEquals(0.84f, Torch.toFloats(b.value())[0], 1e-7f);
        }
    }

    @Test
    void aParameterWithoutGradientIsLeftAlone() {
        try (Scope scope = Scope.open("test");
                Parameter a = ones("a");
                Optimizer adamw =
                        new AdamW(new OptimizerFactory.Settings(ParameterGroups.standard(0.5), 0.9, 0.999, 1e-8))) {
            adamw.update(List.of(a), 0.1);
            assertEquals(1f, Torch.toFloats(a.value())[0]);
            assertTrue(adamw.state().items().isEmpty());
        }
    }

    private static Parameter ones(String name) {
        Parameter p = new Parameter(name, Torch.floats(new float[] {1}, Device.CPU));
        p.trainable(true);
        return p;
    }
}
