package dev.finetune4j.adapters.freeze;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.adapters.Tiny;
import dev.finetune4j.core.error.ConfigException;
import dev.finetune4j.core.model.Decoder;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.testing.NoTensorLeak;
import dev.finetune4j.core.tuning.TuningRequest;
import dev.finetune4j.core.tuning.TuningRequest.Freeze;
import dev.finetune4j.core.weights.Parameter;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** LLaMA-Factory's rule for freeze tuning, on models of two layers. */
@NoTensorLeak
class FreezeTuningTest {
    private static Set<String> trained(String model, int layers, List<String> modules, List<String> extras) {
        try (Scope scope = Scope.open("test");
                Decoder decoder = Tiny.model(model)) {
            TuningRequest request = TuningRequest.of("tiny", 1).with(new Freeze(layers, modules, extras));
            return new FreezeTuning()
                    .install(decoder, request).parameters().stream()
                            .map(Parameter::name)
                            .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static Set<String> all(String model, String... parts) {
        try (Scope scope = Scope.open("test");
                Decoder decoder = Tiny.model(model)) {
            Set<String> names = new TreeSet<>();
            for (String part : parts) {
                decoder.parameters().all().stream()
                        .map(Parameter::name)
                        .filter(name -> name.contains(part))
                        .forEach(names::add);
            }
            return names;
        }
    }

    @Test
    void aPositiveNumberTrainsTheLastLayers() {
        assertEquals(all("llama", ".layers.1."), trained("llama", 1, List.of("all"), List.of()));
    }

    @Test
    void aNegativeNumberTrainsTheFirstLayers() {
        assertEquals(all("llama", ".layers.0."), trained("llama", -1, List.of("all"), List.of()));
    }

    @Test
    void moreLayersThanThereAreTrainsAll() {
        assertEquals(all("llama", ".layers."), trained("llama", 5, List.of("all"), List.of()));
        assertEquals(all("llama", ".layers."), trained("llama", -5, List.of("all"), List.of()));
    }

    @Test
    void modulesNarrowTheLayer() {
        assertEquals(all("qwen2", ".layers.1.self_attn."), trained("qwen2", 1, List.of("self_attn"), List.of()));
        assertEquals(
                all("qwen2", ".1.mlp.", ".1.input_layernorm."),
                trained("qwen2", 1, List.of("mlp", "input_layernorm"), List.of()));
    }

    @Test
    void extraModulesTrainBesideTheLayers() {
        assertEquals(
                all("llama", ".layers.1.", "embed_tokens", "lm_head"),
                trained("llama", 1, List.of("all"), List.of("embed_tokens", "lm_head")));
    }

    @Test
    void theExtraModuleNormMeansEveryNormAsInLlamaFactory() {
        assertEquals(all("llama", "norm"), trained("llama", 0, List.of("all"), List.of("norm")));
    }

    @Test
    void theHeadOfATiedModelIsItsEmbedding() {
        assertEquals(Set.of("model.embed_tokens.weight"), trained("qwen2", 0, List.of("all"), List.of("lm_head")));
    }

    @Test
    void unknownModulesAreReportedTogetherWithTheChoices() {
        ConfigException e = assertThrows(
                ConfigException.class, () -> trained("llama", 1, List.of("attention"), List.of("head", "norm")));
        assertEquals(2, e.problems().size());
        assertTrue(
                e.getMessage().contains("input_layernorm, self_attn")
                        || e.getMessage().contains("self_attn"),
                e.getMessage());
        assertTrue(e.getMessage().contains("embed_tokens") && e.getMessage().contains("lm_head"), e.getMessage());
        assertEquals("freeze_trainable_modules", e.problems().get(0).key());
        assertEquals("freeze_extra_modules", e.problems().get(1).key());
    }

    @Test
    void nothingToTrainIsAnError() {
        assertThrows(ConfigException.class, () -> trained("llama", 0, List.of("all"), List.of()));
    }

    @Test
    void anErrorLeavesTheModelAsItWas() {
        try (Scope scope = Scope.open("test");
                Decoder decoder = Tiny.model("llama")) {
            decoder.parameters().all().forEach(parameter -> parameter.trainable(true));
            TuningRequest request = TuningRequest.of("tiny", 1).with(new Freeze(1, List.of("nothing"), List.of()));
            assertThrows(ConfigException.class, () -> new FreezeTuning().install(decoder, request));
            assertTrue(decoder.parameters().all().stream().allMatch(Parameter::trainable));
            assertTrue(decoder.parameters().all().stream().allMatch(p -> p.dtype() == DType.FLOAT32));
        }
    }
}
