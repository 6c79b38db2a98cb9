package dev.finetune4j.core.tuning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.error.ConfigException;
import dev.finetune4j.core.model.Decoder;
import dev.finetune4j.core.model.attention.FusedAttention;
import dev.finetune4j.core.model.linear.Linear;
import dev.finetune4j.core.runtime.ComputePolicy;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.testing.GoldenDecoder;
import dev.finetune4j.core.testing.NoTensorLeak;
import java.util.List;
import org.junit.jupiter.api.Test;

@NoTensorLeak
class ModuleSelectorTest {
    private static List<String> select(String... names) {
        try (Scope scope = Scope.open("test");
                Decoder decoder = GoldenDecoder.named("llama").load(ComputePolicy.FP32, new FusedAttention())) {
            return new ModuleSelector("lora_target", List.of(names))
                    .select(decoder).stream().map(Linear::name).toList();
        }
    }

    @Test
    void allIsEveryMapOfTheBlocksButNotTheHead() {
        List<String> all = select("all");
        assertEquals(14, all.size());
        assertTrue(all.stream().noneMatch(name -> name.contains("lm_head")));
    }

    @Test
    void aNameMatchesWholeOrAfterADot() {
        assertEquals(List.of("model.layers.0.self_attn.q_proj", "model.layers.1.self_attn.q_proj"), select("q_proj"));
        assertEquals(List.of("model.layers.1.mlp.up_proj"), select("model.layers.1.mlp.up_proj"));
        assertEquals(List.of("model.layers.1.mlp.up_proj"), select("1.mlp.up_proj"));
    }

    @Test
    void everyUnknownNameIsReportedWithTheKnownOnes() {
        ConfigException e = assertThrows(ConfigException.class, () -> select("proj", "q_proj", "wq"));
        assertEquals(2, e.problems().size());
        assertTrue(e.getMessage().contains("\"proj\"") && e.getMessage().contains("\"wq\""), e.getMessage());
        assertTrue(e.getMessage().contains("q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj"));
        assertEquals("lora_target", e.problems().get(0).key());
    }

    @Test
    void headAndEmbeddingAreReferredToAdditionalTarget() {
        ConfigException e = assertThrows(ConfigException.class, () -> select("lm_head"));
        assertTrue(e.getMessage().contains("additional_target"), e.getMessage());
    }

    @Test
    void noNameAtAllIsAnError() {
        assertThrows(ConfigException.class, () -> select());
    }
}
