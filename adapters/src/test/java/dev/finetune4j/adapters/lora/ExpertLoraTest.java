package dev.finetune4j.adapters.lora;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.finetune4j.core.model.GraphLayer;
import dev.finetune4j.core.model.Tape;
import dev.finetune4j.core.model.config.ExpertConfig;
import dev.finetune4j.core.model.config.ExpertConfig.Form;
import dev.finetune4j.core.model.config.ExpertConfig.Storage;
import dev.finetune4j.core.model.experts.PlainExperts;
import dev.finetune4j.core.model.experts.TinyExperts;
import dev.finetune4j.core.model.experts.routing.RouterStatistics;
import dev.finetune4j.core.model.layers.FeedForward;
import dev.finetune4j.core.model.linear.Linear;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Draws;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.testing.NoTensorLeak;
import dev.finetune4j.core.testing.Parts;
import dev.finetune4j.core.testing.Tolerance;
import dev.finetune4j.core.weights.Parameter;
import dev.finetune4j.core.weights.ParameterStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Low-rank updates on the maps of experts. */
@NoTensorLeak
class ExpertLoraTest {
    private static final int RANK = 3;
    private static final double SCALE = 0.7;
    private static final int TOKENS = 41;

    /** A mixture whose maps are all adapted, with factors that are not zero. */
    private static final class Adapted implements AutoCloseable {
        private final ExpertConfig config;
        private final Parts parts = new Parts(1);
        private final ParameterStore factors = new ParameterStore();
        private final FeedForward layer;

        Adapted(String rule, Storage storage, DType dtype, double dropout) {
            config = TinyExperts.config(
                    TinyExperts.router(rule), Form.GATED, storage, false, new ExpertConfig.Shared(9, true));
            TinyExperts.fill(parts, config, dtype);
            layer = TinyExperts.build(parts, config, new RouterStatistics(config.count()));
            for (Linear map : layer.projections()) {
                try (Scope scope = Scope.open("factors")) {
                    Parameter a = factor(map.name() + ".a", dtype, RANK, map.in());
                    Parameter b = factor(map.name() + ".b", dtype, map.out(), RANK);
                    map.adapter(new LoraDelta(a, b, SCALE, dropout));
                }
            }
        }

        private Parameter factor(String name, DType dtype, long rows, long columns) {
            Tensor values = parts.random().normal(rows, columns).mul_(Torch.scalar(0.3));
            Parameter parameter = factors.add(new Parameter(name, Torch.copy(values, dtype)));
            parameter.trainable(true);
            return parameter;
        }

        Tensor random(DType dtype) {
            return Torch.to(parts.random().normal(TOKENS, TinyExperts.HIDDEN), dtype);
        }

        /** Output and input gradient; gradients of factors stay with them. */
        List<Tensor> run(Tensor x, Tensor dy, Draws draws, boolean replay) {
            try (Tape tape = replay ? Tape.thin(draws, null) : Tape.saving(draws, null);
                    NoGradGuard guard = new NoGradGuard()) {
                Tensor y = layer.forward(x, tape);
                if (replay) {
                    tape.replay();
                    layer.replay(x, tape);
                }
                return List.of(y, layer.backward(dy, x, tape));
            }
        }

        List<Tensor> takeGradients() {
            List<Tensor> gradients = new ArrayList<>();
            for (Parameter factor : factors.all()) {
                gradients.add(
                        Objects.requireNonNull(factor.gradient(), factor.name()).clone());
                factor.dropGradient();
            }
            return gradients;
        }

        @Override
        public void close() {
            factors.close();
            parts.close();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "softmax normalised, SEPARATE",
        "softmax normalised, STACKED",
        "sigmoid on input, STACKED_TRANSPOSED",
        "sigmoid in groups, SEPARATE"
    })
    void adaptedExpertsEqualAutograd(String rule, Storage storage) {
        try (Scope scope = Scope.open("test");
                Adapted adapted = new Adapted(rule, storage, DType.FLOAT32, 0)) {
            Tensor x = adapted.random(DType.FLOAT32);
            Tensor dy = adapted.random(DType.FLOAT32);
            List<Tensor> inputs = new ArrayList<>(List.of(x));
            adapted.parts.store().all().forEach(parameter -> inputs.add(parameter.value()));
            adapted.factors.all().forEach(parameter -> inputs.add(parameter.value()));
            try (GraphLayer graph = new GraphLayer(inputs, all -> oracle(adapted, all))) {
                List<Tensor> expected = graph.backward(dy);
                List<Tensor> results = adapted.run(x, dy, Draws.NONE, false);
                Tolerance.assertClose("output", graph.output().detach(), results.get(0), Tolerance.PAIR);
                Tolerance.assertClose("input gradient", expected.get(0), results.get(1), Tolerance.PAIR);
                int at = 1 + adapted.parts.store().all().size();
                for (Tensor gradient : adapted.takeGradients()) {
                    Tolerance.assertClose("gradient " + at, expected.get(at++), gradient, Tolerance.PAIR);
                }
            }
        }
    }

    /** The mixture of merged weights. */
    private static Tensor oracle(Adapted adapted, List<Tensor> all) {
        Map<String, Tensor> named = new LinkedHashMap<>();
        int at = 1;
        for (Parameter parameter : adapted.parts.store().all()) {
            named.put(parameter.name(), all.get(at++));
        }
        for (Linear map : adapted.layer.projections()) {
            Tensor a = all.get(at++);
            Tensor delta = torch.matmul(all.get(at++), a).mul(Torch.scalar(SCALE));
            add(adapted.config, named, map.name(), delta);
        }
        List<Tensor> merged = new ArrayList<>(List.of(all.get(0)));
        merged.addAll(named.values());
        return PlainExperts.forward(adapted.config, adapted.parts.store(), merged);
    }

    private static void add(ExpertConfig config, Map<String, Tensor> named, String map, Tensor delta) {
        if (named.containsKey(map + ".weight")) {
            named.computeIfPresent(map + ".weight", (name, weight) -> weight.add(delta));
            return;
        }
        String[] parts = map.split("[.]experts[.]|[.](?=[a-z_]+$)");
        int expert = Integer.parseInt(parts[1]);
        Tensor[] slices = new Tensor[config.count()];
        String stack = parts[0] + ".experts." + parts[2];
        for (int e = 0; e < slices.length; e++) {
            slices[e] = named.get(stack).select(0, e);
        }
        Tensor own = config.storage() == Storage.STACKED ? delta : delta.t();
        slices[expert] = slices[expert].add(own);
        named.put(stack, torch.stack(new TensorVector(slices), 0));
    }

    @ParameterizedTest
    @CsvSource({"SEPARATE, 0", "STACKED_TRANSPOSED, 0", "SEPARATE, 0.25", "STACKED, 0.25"})
    void replayedEqualsKept(Storage storage, double dropout) {
        try (Scope scope = Scope.open("test");
                Adapted adapted = new Adapted("softmax normalised", storage, DType.FLOAT32, dropout)) {
            Tensor x = adapted.random(DType.FLOAT32);
            Tensor dy = adapted.random(DType.FLOAT32);
            Draws draws = new Draws(1, 2, 3, new int[] {7, 0, 33, 1});
            List<Tensor> kept = new ArrayList<>(adapted.run(x, dy, draws, false));
            kept.addAll(adapted.takeGradients());
            List<Tensor> replayed = new ArrayList<>(adapted.run(x, dy, draws, true));
            replayed.addAll(adapted.takeGradients());
            for (int i = 0; i < kept.size(); i++) {
                Tolerance.assertSame("result " + i, kept.get(i), replayed.get(i));
            }
        }
    }

    /** Directional derivatives of {@code Σ dy y} in fp64. */
    @ParameterizedTest
    @CsvSource({"softmax normalised, SEPARATE", "sigmoid on input, STACKED"})
    void gradientsUnderDropoutEqualDifferences(String rule, Storage storage) {
        try (Scope scope = Scope.open("test");
                Adapted adapted = new Adapted(rule, storage, DType.FLOAT64, 0.3)) {
            Tensor x = adapted.random(DType.FLOAT64);
            Tensor dy = adapted.random(DType.FLOAT64);
            Draws draws = new Draws(4, 5, 6, new int[] {20, 21});
            adapted.run(x, dy, draws, false);
            List<Tensor> gradients = adapted.takeGradients();
            int at = 0;
            for (Parameter factor : adapted.factors.all()) {
                Tensor direction = torch.rand_like(factor.value());
                double slope = gradients.get(at++).mul(direction).sum().item_double();
                double step = 1e-6;
                factor.value().add_(direction, Torch.scalar(step));
                double above = value(adapted, x, dy, draws);
                factor.value().sub_(direction, Torch.scalar(2 * step));
                double below = value(adapted, x, dy, draws);
                factor.value().add_(direction, Torch.scalar(step));
                assertEquals((above - below) / (2 * step), slope, 1e-6 * (1 + Math.abs(slope)), factor.name());
            }
        }
    }

    private static double value(Adapted adapted, Tensor x, Tensor dy, Draws draws) {
        try (Scope scope = Scope.open("value");
                Tape tape = Tape.off(draws);
                NoGradGuard guard = new NoGradGuard()) {
            return adapted.layer.forward(x, tape).mul(dy).sum().item_double();
        }
    }

    @Test
    void mergedEqualsAdapted() {
        for (Storage storage : Storage.values()) {
            try (Scope scope = Scope.open("test");
                    Adapted adapted = new Adapted("softmax", storage, DType.FLOAT32, 0)) {
                Tensor x = adapted.random(DType.FLOAT32);
                Tensor dy = adapted.random(DType.FLOAT32);
                List<Tensor> before = adapted.run(x, dy, Draws.NONE, false);
                for (Linear map : adapted.layer.projections()) {
                    Objects.requireNonNull(map.adapter()).merge(map);
                    map.adapter(null);
                }
                List<Tensor> after = adapted.run(x, dy, Draws.NONE, false);
                Tolerance.assertClose(storage + ": output", before.get(0), after.get(0), Tolerance.PAIR);
                Tolerance.assertClose(storage + ": input gradient", before.get(1), after.get(1), Tolerance.PAIR);
            }
        }
    }
}
