package dev.finetune4j.core.model.experts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.model.GraphLayer;
import dev.finetune4j.core.model.Tape;
import dev.finetune4j.core.model.config.ExpertConfig;
import dev.finetune4j.core.model.config.ExpertConfig.Form;
import dev.finetune4j.core.model.config.ExpertConfig.Storage;
import dev.finetune4j.core.model.experts.routing.RouterStatistics;
import dev.finetune4j.core.model.layers.FeedForward;
import dev.finetune4j.core.model.linear.Linear;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Draws;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.testing.NoTensorLeak;
import dev.finetune4j.core.testing.PairCheck;
import dev.finetune4j.core.testing.Parts;
import dev.finetune4j.core.testing.Randoms;
import dev.finetune4j.core.testing.Tolerance;
import dev.finetune4j.core.weights.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every router and every layout of experts equals the same equation under autograd. */
@NoTensorLeak
class MixtureOfExpertsTest {
    private static final int TOKENS = 41;

    private static void check(ExpertConfig config, int tokens) {
        try (Scope scope = Scope.open("test");
                Parts parts = new Parts(3)) {
            FeedForward layer = TinyExperts.make(parts, config);
            new PairCheck(parts, TinyExperts.pair(layer), inputs -> PlainExperts.forward(config, parts.store(), inputs))
                    .run(parts.random().normal(tokens, TinyExperts.HIDDEN));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "softmax",
                "softmax normalised",
                "softmax scaled in groups",
                "softmax corrected",
                "softmax of chosen",
                "sigmoid",
                "sigmoid in groups",
                "sigmoid on input",
                "sparse mixer"
            })
    void everyRouterEqualsAutograd(String rule) {
        check(TinyExperts.config(rule), TOKENS);
    }

    @ParameterizedTest
    @CsvSource({
        "SEPARATE, GATED, true",
        "STACKED, GATED, false",
        "STACKED, GATED, true",
        "STACKED_TRANSPOSED, GATED, false",
        "STACKED_TRANSPOSED, CLAMPED, true",
        "STACKED, CLAMPED, false"
    })
    void everyStorageEqualsAutograd(Storage storage, Form form, boolean bias) {
        check(TinyExperts.config(TinyExperts.router("softmax of chosen"), form, storage, bias, null), TOKENS);
    }

    @Test
    void inputsWeighedBeforeStackedExpertsEqualAutograd() {
        check(
                TinyExperts.config(
                        TinyExperts.router("sigmoid on input"),
                        Form.GATED,
                        Storage.STACKED_TRANSPOSED,
                        false,
                        new ExpertConfig.Shared(7, false)),
                TOKENS);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void sharedExpertEqualsAutograd(boolean gated) {
        check(
                TinyExperts.config(
                        TinyExperts.router("softmax"),
                        Form.GATED,
                        Storage.SEPARATE,
                        false,
                        new ExpertConfig.Shared(14, gated)),
                TOKENS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"SEPARATE", "STACKED"})
    void expertsThatNoTokenChoseHaveZeroGradients(Storage storage) {
        check(TinyExperts.config(TinyExperts.router("softmax"), Form.GATED, storage, false, null), 1);
    }

    @Test
    void spareRowsOfRunsCountForNothing() {
        // Runs of hundreds of rows are filled up to multiples of 4 and more.
        check(TinyExperts.config("softmax normalised"), 430);
    }

    @Test
    void allTokensMayChooseTheSameExperts() {
        try (Scope scope = Scope.open("test");
                Parts parts = new Parts(4)) {
            ExpertConfig config = TinyExperts.config("softmax corrected");
            FeedForward layer = TinyExperts.make(parts, config);
            Tensor correction =
                    parts.store().get("b.mlp.gate.e_score_correction_bias").value();
            correction.narrow(0, 4, 2).add_(Torch.scalar(50));
            new PairCheck(parts, TinyExperts.pair(layer), inputs -> PlainExperts.forward(config, parts.store(), inputs))
                    .run(parts.random().normal(TOKENS, TinyExperts.HIDDEN));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"softmax normalised", "sigmoid in groups", "sigmoid on input", "sparse mixer"})
    void float64IsFloat64Throughout(String rule) {
        ExpertConfig config = TinyExperts.config(
                TinyExperts.router(rule), Form.GATED, Storage.STACKED, false, new ExpertConfig.Shared(9, true));
        try (Scope scope = Scope.open("test");
                Parts parts = new Parts(5)) {
            TinyExperts.fill(parts, config, DType.FLOAT64);
            FeedForward layer = TinyExperts.build(parts, config, new RouterStatistics(config.count()));
            parts.train(true);
            Tensor x = Torch.to(parts.random().normal(TOKENS, TinyExperts.HIDDEN), DType.FLOAT64);
            Tensor dy = Torch.to(parts.random().normal(TOKENS, TinyExperts.HIDDEN), DType.FLOAT64);
            List<Tensor> inputs = new ArrayList<>(List.of(x));
            parts.store().all().forEach(parameter -> inputs.add(parameter.value()));
            try (GraphLayer graph = new GraphLayer(inputs, all -> PlainExperts.forward(config, parts.store(), all));
                    Tape tape = Tape.saving(Draws.NONE, null)) {
                Tensor y = noGrad(() -> layer.forward(x, tape));
                Tolerance.assertClose("output", graph.output().detach(), y, 1e-13);
                assertEquals(DType.FLOAT64, DType.of(y));
                Tensor dx = noGrad(() -> layer.backward(dy, x, tape));
                List<Tensor> expected = graph.backward(dy);
                Tolerance.assertClose("input gradient", expected.get(0), dx, 1e-12);
                int number = 1;
                for (Parameter parameter : parts.store().all()) {
                    Tensor gradient = expected.get(number++);
                    if (parameter.trainable()) {
                        Tensor actual = Objects.requireNonNull(parameter.gradient());
                        Tolerance.assertClose(parameter.name(), gradient, actual, 1e-12);
                    }
                }
            }
        }
    }

    private static Tensor noGrad(java.util.function.Supplier<Tensor> run) {
        try (NoGradGuard guard = new NoGradGuard()) {
            return run.get();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "FLOAT32, softmax normalised, SEPARATE",
        "FLOAT32, sigmoid on input, STACKED_TRANSPOSED",
        "BFLOAT16, sigmoid in groups, STACKED"
    })
    void replayedEqualsKeptBitForBit(DType product, String rule, Storage storage) {
        ExpertConfig config = TinyExperts.config(
                TinyExperts.router(rule), Form.GATED, storage, false, new ExpertConfig.Shared(9, true));
        try (Scope scope = Scope.open("test");
                Parts parts = new Parts(6);
                NoGradGuard guard = new NoGradGuard()) {
            TinyExperts.fill(parts, config, product);
            FeedForward layer = TinyExperts.build(parts, config, new RouterStatistics(config.count()));
            parts.train(true);
            Tensor x = Torch.to(parts.random().normal(200, TinyExperts.HIDDEN), product);
            Tensor dy = Torch.to(parts.random().normal(200, TinyExperts.HIDDEN), product);
            List<Tensor> kept = run(layer, x, dy, parts, false);
            List<Tensor> replayed = run(layer, x, dy, parts, true);
            for (int i = 0; i < kept.size(); i++) {
                Tolerance.assertSame("result " + i, kept.get(i), replayed.get(i));
            }
        }
    }

    /** Output, input gradient and gradients of all parameters that train. */
    private static List<Tensor> run(FeedForward layer, Tensor x, Tensor dy, Parts parts, boolean replay) {
        try (Tape tape = replay ? Tape.thin(Draws.NONE, null) : Tape.saving(Draws.NONE, null)) {
            List<Tensor> results = new ArrayList<>();
            results.add(layer.forward(x, tape));
            if (replay) {
                long thin = tape.bytes();
                tape.replay();
                layer.replay(x, tape);
                assertTrue(thin < tape.bytes());
            }
            results.add(layer.backward(dy, x, tape));
            for (Parameter parameter : parts.store().trainable()) {
                results.add(Objects.requireNonNull(parameter.gradient()).clone());
            }
            return results;
        } finally {
            parts.dropGradients();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"softmax normalised", "sigmoid on input"})
    void bf16IsCloseToFloat32(String rule) {
        ExpertConfig config = TinyExperts.config(rule);
        try (Scope scope = Scope.open("test");
                Parts parts = new Parts(7);
                NoGradGuard guard = new NoGradGuard()) {
            TinyExperts.fill(parts, config, DType.BFLOAT16);
            FeedForward layer = TinyExperts.build(parts, config, new RouterStatistics(config.count()));
            Tensor x = Torch.to(parts.random().normal(TOKENS, TinyExperts.HIDDEN), DType.BFLOAT16);
            Tensor dy = Torch.to(parts.random().normal(TOKENS, TinyExperts.HIDDEN), DType.BFLOAT16);
            List<Tensor> narrow = run(layer, x, dy, parts, false);
            assertEquals(DType.BFLOAT16, DType.of(narrow.get(0)));
            assertEquals(DType.BFLOAT16, DType.of(narrow.get(1)));
            List<Tensor> wide = run(layer, Torch.to(x, DType.FLOAT32), Torch.to(dy, DType.FLOAT32), parts, false);
            Tolerance.assertClose("output", wide.get(0), narrow.get(0), Tolerance.BF16);
            Tolerance.assertClose("input gradient", wide.get(1), narrow.get(1), Tolerance.BF16);
        }
    }

    @Test
    void sortingOnADeviceGivesTheSameRunsAsCountingOnTheHost() {
        try (Scope scope = Scope.open("test")) {
            Tensor scores = new Randoms(8).normal(TOKENS, 7);
            Tensor ids = scores.topk(3, -1, true, true).get1();
            Tensor x = new Randoms(9).normal(TOKENS, 5);
            Tensor weights = new Randoms(10).normal(TOKENS, 3);
            Dispatch host = Dispatch.of(ids, 7);
            Dispatch device = Dispatch.onDevice(ids, 7);
            Tensor onHost = host.allRows(x);
            Tensor onDevice = device.allRows(x);
            for (int e = 0; e < 7; e++) {
                assertEquals(host.used(e), device.used(e));
                Tensor expected = device.gather(x, e);
                Tensor actual = host.gather(x, e);
                Tolerance.assertSame("rows of expert " + e, expected, actual.narrow(0, 0, expected.size(0)));
                host.rows(onHost, e).copy_(actual);
                device.rows(onDevice, e).copy_(expected);
            }
            Tolerance.assertSame("sums", device.combine(onDevice, weights), host.combine(onHost, weights));
            Tolerance.assertSame(
                    "weights there and back",
                    weights,
                    device.ofChoices(device.ofRows(weights, DType.FLOAT32).view(-1)));
        }
    }

    @Test
    void runsAreFilledUpToFewDifferentLengths() {
        assertEquals(0, Dispatch.rounded(0));
        assertEquals(15, Dispatch.rounded(15));
        assertEquals(31, Dispatch.rounded(31));
        assertEquals(34, Dispatch.rounded(33));
        assertEquals(272, Dispatch.rounded(257));
        for (long count = 1; count < 5000; count++) {
            long rounded = Dispatch.rounded(count);
            assertTrue(rounded >= count && rounded - count <= count / 16, "rows for " + count);
        }
    }

    @Test
    void adaptersFindEveryMapButTheRouters() {
        ExpertConfig config = TinyExperts.config(
                TinyExperts.router("softmax"), Form.GATED, Storage.STACKED, false, new ExpertConfig.Shared(9, true));
        try (Parts parts = new Parts(11)) {
            FeedForward layer = TinyExperts.make(parts, config);
            List<String> names = layer.projections().stream().map(Linear::name).toList();
            assertEquals(2 * TinyExperts.COUNT + 4, names.size());
            assertEquals("b.mlp.experts.0.gate_proj", names.get(0));
            assertEquals("b.mlp.experts.0.down_proj", names.get(1));
            assertTrue(names.contains("b.mlp.shared_expert_gate"));
            assertFalse(names.contains("b.mlp.gate"));
            List<String> own = layer.parameters().stream().map(Parameter::name).toList();
            assertEquals(List.of("b.mlp.gate.weight", "b.mlp.experts.gate_proj", "b.mlp.experts.down_proj"), own);
        }
    }
}
