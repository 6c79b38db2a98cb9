package dev.finetune4j.adapters.lora;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.adapters.Tiny;
import dev.finetune4j.adapters.Walk;
import dev.finetune4j.core.error.ConfigException;
import dev.finetune4j.core.model.Decoder;
import dev.finetune4j.core.model.FrozenPass;
import dev.finetune4j.core.model.linear.Linear;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Draws;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.testing.NoTensorLeak;
import dev.finetune4j.core.testing.Tolerance;
import dev.finetune4j.core.tuning.Adapter;
import dev.finetune4j.core.tuning.TuningRequest;
import dev.finetune4j.core.tuning.TuningRequest.Lora;
import dev.finetune4j.core.weights.Parameter;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@NoTensorLeak
class LoraTuningTest {
    private interface Body {
        void run(Decoder decoder, Adapter adapter);
    }

    private static TuningRequest request(Lora lora) {
        return TuningRequest.of("tiny", 42).with(lora);
    }

    private static Lora lora(int rank, List<String> targets) {
        return new Lora(rank, 2.0 * rank, 0, targets, false);
    }

    private static void with(String model, TuningRequest request, Body body) {
        try (Scope scope = Scope.open("test");
                Decoder decoder = Tiny.model(model)) {
            body.run(decoder, new LoraTuning().install(decoder, request));
        }
    }

    private static void step(Adapter adapter, Decoder decoder, String model) {
        new Walk(decoder, Draws.NONE).forwardBackward(Tiny.batch(model));
        for (Parameter parameter : adapter.parameters()) {
            parameter.value().add_(Torch.to(parameter.gradientBuffer(), parameter.dtype()), new Scalar(-0.5));
            parameter.dropGradient();
        }
    }

    @Test
    void everyMapOfTheBlocksIsAdaptedByDefault() {
        with("llama", TuningRequest.of("tiny", 42), (decoder, adapter) -> {
            decoder.linears().forEach(linear -> assertTrue(linear.adapter() != null, linear.name()));
            assertNull(decoder.head().map().adapter());
            long expected = 0;
            for (Linear linear : decoder.linears()) {
                long[] shape = LoraInstaller.shape(linear);
                expected += 8 * (shape[0] + shape[1]);
            }
            assertEquals(expected, decoder.parameters().trainableElements());
        });
    }

    @Test
    void onlyNamedMapsAreAdapted() {
        with("qwen2", request(lora(3, List.of("q_proj", "1.mlp.up_proj"))), (decoder, adapter) -> {
            List<String> names =
                    adapter.parameters().stream().map(Parameter::name).toList();
            assertEquals(
                    List.of(
                            "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight",
                            "base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight",
                            "base_model.model.model.layers.1.self_attn.q_proj.lora_A.weight",
                            "base_model.model.model.layers.1.self_attn.q_proj.lora_B.weight",
                            "base_model.model.model.layers.1.mlp.up_proj.lora_A.weight",
                            "base_model.model.model.layers.1.mlp.up_proj.lora_B.weight"),
                    names);
            assertEquals(3, adapter.parameters().get(0).shape()[0]);
        });
    }

    @Test
    void aIsKaimingUniformAndBIsZero() {
        with("llama", request(lora(64, List.of("all"))), (decoder, adapter) -> {
            for (Parameter parameter : adapter.parameters()) {
                Tensor value = parameter.value();
                if (parameter.name().contains("lora_B")) {
                    assertEquals(0, value.abs().max().item_double());
                } else {
                    double bound = 1 / Math.sqrt(parameter.shape()[1]);
                    assertTrue(value.abs().max().item_double() <= bound);
                    assertEquals(bound * bound / 3, value.var().item_double(), bound * bound * 0.05);
                }
            }
        });
    }

    @Test
    void aDependsOnSeedAndNameOnly() {
        try (Scope scope = Scope.open("test");
                Decoder all = Tiny.model("llama");
                Decoder one = Tiny.model("llama");
                Decoder other = Tiny.model("llama")) {
            String name = "base_model.model.model.layers.1.mlp.up_proj.lora_A.weight";
            new LoraTuning().install(all, request(lora(4, List.of("all"))));
            new LoraTuning().install(one, request(lora(4, List.of("up_proj"))));
            new LoraTuning().install(other, TuningRequest.of("tiny", 43).with(lora(4, List.of("up_proj"))));
            Tensor drawn = all.parameters().get(name).value();
            Tolerance.assertSame("A", drawn, one.parameters().get(name).value());
            assertTrue(!drawn.equal(other.parameters().get(name).value()));
            assertTrue(!drawn.equal(
                    all.parameters().get(name.replace("layers.1", "layers.0")).value()));
        }
    }

    @Test
    void rankStabilisationIsLoraWithALargerAlpha() {
        try (Scope scope = Scope.open("test");
                Decoder stabilised = Tiny.model("llama");
                Decoder plain = Tiny.model("llama")) {
            Adapter first = new LoraTuning().install(stabilised, request(new Lora(4, 8, 0, List.of("all"), true)));
            Adapter second = new LoraTuning().install(plain, request(new Lora(4, 16, 0, List.of("all"), false)));
            step(first, stabilised, "llama");
            step(second, plain, "llama");
            Tensor one = new FrozenPass(stabilised).logits(Tiny.batch("llama"));
            Tensor two = new FrozenPass(plain).logits(Tiny.batch("llama"));
            Tolerance.assertSame("logits", one, two);
        }
    }

    @Test
    void trainingLeavesTheBaseAloneAndLowersTheLoss() {
        with("qwen2", request(lora(4, List.of("all"))), (decoder, adapter) -> {
            List<Parameter> base = decoder.parameters().all().stream()
                    .filter(parameter -> !parameter.trainable())
                    .toList();
            List<Tensor> before = new ArrayList<>();
            base.forEach(parameter -> before.add(parameter.value().clone()));
            double first = new Walk(decoder, Draws.NONE).forwardBackward(Tiny.batch("qwen2"));
            adapter.parameters().forEach(Parameter::dropGradient);
            for (int i = 0; i < 5; i++) {
                step(adapter, decoder, "qwen2");
            }
            double last = new Walk(decoder, Draws.NONE).forwardBackward(Tiny.batch("qwen2"));
            assertTrue(last < first - 0.01, first + " -> " + last);
            for (int i = 0; i < before.size(); i++) {
                Tolerance.assertSame(
                        base.get(i).name(), before.get(i), base.get(i).value());
                assertNull(base.get(i).gradient());
            }
        });
    }

    @Test
    void dropoutActsInTrainingAndNeverInEvaluation() {
        with("llama", request(new Lora(4, 8, 0.5, List.of("all"), false)), (decoder, adapter) -> {
            int[] rows =
                    Tiny.rows("llama").stream().mapToInt(row -> row.length()).toArray();
            step(adapter, decoder, "llama");
            double still = new Walk(decoder, Draws.NONE).forwardBackward(Tiny.batch("llama"));
            double one = new Walk(decoder, new Draws(1, 0, 0, rows)).forwardBackward(Tiny.batch("llama"));
            double again = new Walk(decoder, new Draws(1, 0, 0, rows)).forwardBackward(Tiny.batch("llama"));
            double next = new Walk(decoder, new Draws(1, 1, 0, rows)).forwardBackward(Tiny.batch("llama"));
            assertEquals(one, again);
            assertTrue(one != still && one != next);
            Tensor evaluated = new FrozenPass(decoder).logits(Tiny.batch("llama"));
            Tolerance.assertSame("logits", evaluated, new FrozenPass(decoder).logits(Tiny.batch("llama")));
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "qwen2"})
    void additionalModulesTrainAsCopies(String model) {
        TuningRequest request =
                request(lora(2, List.of("q_proj"))).withAdditionalTarget(List.of("embed_tokens", "lm_head"));
        with(model, request, (decoder, adapter) -> {
            Parameter embedding = decoder.parameters().get("model.embed_tokens.weight");
            Parameter head = decoder.parameters().get("lm_head.weight");
            assertTrue(embedding.trainable() && head.trainable());
            if (model.equals("qwen2")) {
                assertSame(embedding, head, "a tied matrix stays one");
                assertTrue(decoder.parameters().ties().containsKey("lm_head.weight"));
            } else {
                assertNotSame(embedding, head);
            }
            Tensor original =
                    java.util.Objects.requireNonNull(embedding.aside()).clone();
            step(adapter, decoder, model);
            Tolerance.assertSame("the original", original, java.util.Objects.requireNonNull(embedding.aside()));
            assertTrue(!original.equal(embedding.value()));
        });
    }

    @Test
    void aTiedHeadAloneTrainsTheSharedMatrix() {
        TuningRequest request = request(lora(2, List.of("q_proj"))).withAdditionalTarget(List.of("lm_head"));
        with("qwen2", request, (decoder, adapter) -> {
            assertTrue(decoder.input().weight().trainable());
            assertTrue(decoder.input().trains() && decoder.head().trains());
        });
    }

    @Test
    void aModuleTrainedWholeCarriesNoAdapter() {
        TuningRequest request =
                request(lora(2, List.of("all"))).withAdditionalTarget(List.of("0.self_attn.q_proj", "model.norm"));
        with("qwen2", request, (decoder, adapter) -> {
            Linear whole = decoder.linears().get(0);
            assertEquals("model.layers.0.self_attn.q_proj", whole.name());
            assertNull(whole.adapter());
            assertTrue(whole.parameters().stream().allMatch(Parameter::trainable), "weight and bias");
            assertTrue(decoder.parameters().get("model.norm.weight").trainable());
            assertFalse(decoder.parameters()
                    .get("model.layers.1.input_layernorm.weight")
                    .trainable());
            assertTrue(decoder.linears().get(1).adapter() != null);
        });
    }

    @Test
    void pureBf16KeepsTheDTypeOfTheBase() {
        try (Scope scope = Scope.open("test");
                Decoder decoder = Tiny.model("llama")) {
            decoder.parameters().all().forEach(p -> p.replace(Torch.copy(p.value(), DType.BFLOAT16)));
            Adapter adapter = new LoraTuning()
                    .install(
                            decoder,
                            TuningRequest.of("tiny", 1).withPureBf16(true).withAdditionalTarget(List.of("lm_head")));
            adapter.parameters().forEach(p -> assertEquals(DType.BFLOAT16, p.dtype(), p.name()));
        }
    }

    @Test
    void mergingKeepsTheStoredDTypeAndTheTie() {
        TuningRequest request = request(lora(2, List.of("all"))).withAdditionalTarget(List.of("embed_tokens"));
        try (Scope scope = Scope.open("test");
                Decoder decoder = Tiny.model("qwen2")) {
            decoder.parameters().all().forEach(p -> p.replace(Torch.copy(p.value(), DType.BFLOAT16)));
            Adapter adapter = new LoraTuning().install(decoder, request);
            step(adapter, decoder, "qwen2");
            adapter.merge();
            decoder.parameters().all().forEach(p -> assertEquals(DType.BFLOAT16, p.dtype(), p.name()));
            assertTrue(decoder.parameters().ties().containsKey("lm_head.weight"));
            assertTrue(
                    decoder.parameters().all().stream().noneMatch(p -> p.name().contains("lora")));
        }
    }

    @Test
    void unknownModulesAreRefusedBeforeAnythingChanges() {
        try (Scope scope = Scope.open("test");
                Decoder decoder = Tiny.model("llama")) {
            decoder.parameters().all().forEach(parameter -> parameter.trainable(true));
            ConfigException target = assertThrows(
                    ConfigException.class, () -> new LoraTuning().install(decoder, request(lora(2, List.of("query")))));
            assertTrue(target.getMessage().contains("lora_target")
                    && target.getMessage().contains("q_proj"));
            ConfigException extra = assertThrows(
                    ConfigException.class,
                    () -> new LoraTuning()
                            .install(decoder, request(Lora.DEFAULT).withAdditionalTarget(List.of("embeddings"))));
            assertTrue(extra.getMessage().contains("additional_target"), extra.getMessage());
            assertTrue(extra.getMessage().contains("embed_tokens"), extra.getMessage());
            assertTrue(decoder.parameters().all().stream().allMatch(Parameter::trainable));
            assertTrue(decoder.linears().stream().allMatch(linear -> linear.adapter() == null));
        }
    }

    @Test
    void aNewAdapterStartsOnTheMergedModel() {
        TuningRequest request = TuningRequest.of("tiny", 42)
                .with(lora(5, List.of("up_proj")))
                .withAdapters(List.of(Tiny.folder("llama/plain")), true);
        try (Scope scope = Scope.open("test");
                Decoder decoder = Tiny.model("llama");
                Decoder merged = Tiny.model("llama")) {
            Adapter adapter = new LoraTuning().install(decoder, request);
            LoraTuning.mergeAll(merged, List.of(Tiny.folder("llama/plain")));
            Tensor expected = new FrozenPass(merged).logits(Tiny.batch("llama"));
            Tolerance.assertSame("logits", expected, new FrozenPass(decoder).logits(Tiny.batch("llama")));
            assertEquals(4, adapter.parameters().size());
            assertEquals(5, adapter.parameters().get(0).shape()[0]);
        }
    }
}
