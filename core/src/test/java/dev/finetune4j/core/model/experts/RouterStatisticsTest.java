package dev.finetune4j.core.model.experts;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.finetune4j.core.model.GraphLayer;
import dev.finetune4j.core.model.Tape;
import dev.finetune4j.core.model.config.ExpertConfig;
import dev.finetune4j.core.model.experts.routing.RouterStatistics;
import dev.finetune4j.core.model.layers.FeedForward;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Draws;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.testing.NoTensorLeak;
import dev.finetune4j.core.testing.Parts;
import dev.finetune4j.core.testing.Tolerance;
import dev.finetune4j.core.weights.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The load-balancing loss is taken over all routers together and reaches each of them. */
@NoTensorLeak
class RouterStatisticsTest {
    private static final int TOKENS = 33;
    private static final double FACTOR = 0.3;

    @ParameterizedTest
    @ValueSource(strings = {"softmax normalised", "softmax of chosen"})
    void lossAndGradientOverTwoBlocksEqualAutograd(String rule) {
        ExpertConfig config = TinyExperts.config(rule);
        try (Scope scope = Scope.open("test");
                Parts first = new Parts(1);
                Parts second = new Parts(2)) {
            RouterStatistics statistics = new RouterStatistics(config.count());
            List<Side> sides = List.of(new Side(first, config, statistics), new Side(second, config, statistics));
            List<Tensor> inputs = new ArrayList<>();
            sides.forEach(side -> inputs.addAll(side.inputs()));
            try (GraphLayer graph = new GraphLayer(inputs, all -> loss(config, sides, all))) {
                List<Tensor> expected = graph.backward(org.bytedeco
                        .pytorch
                        .global
                        .torch
                        .ones_like(graph.output())
                        .detach());
                double auxiliary = graph.output().item_double();
                statistics.begin();
                sides.forEach(Side::forward);
                for (Side side : sides) {
                    auxiliary -= side.product();
                }
                assertEquals(auxiliary / FACTOR, statistics.loss(), 1e-4);
                double counted = statistics.loss();
                statistics.weigh(FACTOR);
                sides.forEach(Side::forwardAgain);
                assertEquals(counted, statistics.loss(), "a block that runs again is not counted twice");
                int at = 0;
                for (Side side : sides) {
                    at = side.checkBackward(expected, at);
                }
                statistics.end();
                sides.forEach(Side::close);
            }
        }
    }

    /** {@code Σ dy y} of both blocks and the weighed loss. */
    private static Tensor loss(ExpertConfig config, List<Side> sides, List<Tensor> all) {
        int each = all.size() / 2;
        List<Tensor> chosen = new ArrayList<>();
        List<Tensor> probabilities = new ArrayList<>();
        Tensor sum = all.get(0).sum().mul(Torch.scalar(0));
        for (int i = 0; i < 2; i++) {
            List<Tensor> own = all.subList(i * each, (i + 1) * each);
            Side side = sides.get(i);
            sum = sum.add(PlainExperts.forward(config, side.parts.store(), own)
                    .mul(side.dy)
                    .sum());
            PlainExperts.Routed routed = PlainExperts.routed(config, side.parts.store(), own);
            chosen.add(routed.chosen());
            probabilities.add(routed.probabilities());
        }
        Tensor f = Torch.cat(chosen).mean(0);
        Tensor p = Torch.cat(probabilities).mean(0);
        return sum.add(f.mul(p).sum().mul(Torch.scalar(FACTOR * config.count())));
    }

    /** One block with its input and output gradient. */
    private static final class Side {
        private final Parts parts;
        private final FeedForward layer;
        private final Tensor x;
        private final Tensor dy;
        private final Tape tape = Tape.thin(Draws.NONE, null);
        private double product;

        Side(Parts parts, ExpertConfig config, RouterStatistics statistics) {
            this.parts = parts;
            TinyExperts.fill(parts, config, DType.FLOAT32);
            layer = TinyExperts.build(parts, config, statistics);
            parts.train(true);
            x = parts.random().normal(TOKENS, TinyExperts.HIDDEN);
            dy = parts.random().normal(TOKENS, TinyExperts.HIDDEN);
        }

        List<Tensor> inputs() {
            List<Tensor> inputs = new ArrayList<>(List.of(x));
            inputs.addAll(parts.values());
            return inputs;
        }

        void forward() {
            try (Scope scope = Scope.open("forward");
                    NoGradGuard guard = new NoGradGuard()) {
                product = layer.forward(x, tape).mul(dy).sum().item_double();
            }
        }

        void forwardAgain() {
            try (Scope scope = Scope.open("forward again");
                    NoGradGuard guard = new NoGradGuard()) {
                layer.forward(x, Tape.off(Draws.NONE));
            }
        }

        double product() {
            return product;
        }

        int checkBackward(List<Tensor> expected, int start) {
            int at = start;
            try (Scope scope = Scope.open("backward");
                    NoGradGuard guard = new NoGradGuard()) {
                tape.replay();
                layer.replay(x, tape);
                Tolerance.assertClose("input", expected.get(at++), layer.backward(dy, x, tape), Tolerance.PAIR);
                for (Parameter parameter : parts.store().all()) {
                    Tensor gradient = Objects.requireNonNull(parameter.gradient());
                    Tolerance.assertClose(parameter.name(), expected.get(at++), gradient, Tolerance.PAIR);
                }
            }
            return at;
        }

        void close() {
            tape.close();
        }
    }

    @Test
    void nothingIsCountedOutsideAWalkOrInAReplay() {
        ExpertConfig config = TinyExperts.config("softmax");
        try (Scope scope = Scope.open("test");
                Parts parts = new Parts(3);
                NoGradGuard guard = new NoGradGuard()) {
            RouterStatistics statistics = new RouterStatistics(config.count());
            Side side = new Side(parts, config, statistics);
            side.forward();
            assertEquals(0, statistics.loss());
            side.tape.close();
            try (Tape tape = Tape.thin(Draws.NONE, null)) {
                statistics.begin();
                side.layer.forward(side.x, tape);
                double loss = statistics.loss();
                tape.replay();
                side.layer.replay(side.x, tape);
                assertEquals(loss, statistics.loss());
                statistics.weigh(FACTOR);
                side.layer.forward(side.x, Tape.off(Draws.NONE));
                assertEquals(loss, statistics.loss());
            }
            statistics.begin();
            assertEquals(0, statistics.loss());
            statistics.end();
        }
    }

    @Test
    void uniformRoutersLoseAsMuchAsATokenHasExperts() {
        ExpertConfig config = TinyExperts.config("softmax");
        try (Scope scope = Scope.open("test");
                Parts parts = new Parts(4);
                NoGradGuard guard = new NoGradGuard()) {
            RouterStatistics statistics = new RouterStatistics(config.count());
            Side side = new Side(parts, config, statistics);
            parts.store().get("b.mlp.gate.weight").value().zero_();
            statistics.begin();
            side.forward();
            assertEquals(TinyExperts.PER_TOKEN, statistics.loss(), 1e-5);
            side.close();
        }
    }
}
