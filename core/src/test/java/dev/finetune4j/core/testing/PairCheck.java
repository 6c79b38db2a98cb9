package dev.finetune4j.core.testing;

import dev.finetune4j.core.model.GraphLayer;
import dev.finetune4j.core.model.Tape;
import dev.finetune4j.core.runtime.Draws;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.weights.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assertions;

/**
 * Compares a layer's own forward and backward with the same equation in plain operators under autograd: frozen, fully
 * trained, and with each parameter trained alone.
 */
public final class PairCheck {
    private final Parts parts;
    private final Pair pair;
    private final GraphLayer.Operation oracle;
    private final double tolerance;

    /** The layer under test. */
    public interface Pair {
        Tensor forward(Tensor x, Tape tape);

        /**
         * @param x the input, or null where {@link #needsInput} says that it is not read
         */
        Tensor backward(Tensor dy, @Nullable Tensor x, Tape tape);

        /** Whether backward reads the input. */
        boolean needsInput();
    }

    /**
     * @param oracle takes x and then the values of all parts in the order they were made
     */
    public PairCheck(Parts parts, Pair pair, GraphLayer.Operation oracle) {
        this(parts, pair, oracle, Tolerance.PAIR);
    }

    public PairCheck(Parts parts, Pair pair, GraphLayer.Operation oracle, double tolerance) {
        this.parts = parts;
        this.pair = pair;
        this.oracle = oracle;
        this.tolerance = tolerance;
    }

    /** Runs all comparisons with an input. */
    public void run(Tensor x) {
        parts.train(false);
        compare("frozen", x);
        parts.train(true);
        compare("trained", x);
        for (Parameter parameter : parts.store().all()) {
            parts.train(false);
            parameter.trainable(true);
            compare("only " + parameter.name() + " trained", x);
        }
    }

    private void compare(String what, Tensor x) {
        try (Scope scope = Scope.open("pair check")) {
            List<Tensor> inputs = new ArrayList<>();
            inputs.add(x);
            inputs.addAll(parts.values());
            try (GraphLayer graph = new GraphLayer(inputs, oracle)) {
                Tensor dy = parts.random().normal(graph.output().shape());
                compare(what, x, graph, dy);
            }
        }
    }

    private void compare(String what, Tensor x, GraphLayer graph, Tensor dy) {
        List<Tensor> expected = graph.backward(dy);
        try (Tape tape = Tape.saving(Draws.NONE, null);
                NoGradGuard noGrad = new NoGradGuard()) {
            Tensor before = x.clone();
            Tensor y = pair.forward(x, tape);
            Tolerance.assertClose(what + ": output", graph.output().detach(), y, tolerance);
            Tolerance.assertSame(what + ": input of forward", before, x);
            Tensor given = dy.clone();
            Tensor dx = pair.backward(given, pair.needsInput() ? x : null, tape);
            Tolerance.assertClose(what + ": input gradient", expected.get(0), dx, tolerance);
            Tolerance.assertSame(what + ": output gradient given to backward", dy, given);
            checkParameters(what, expected);
        } finally {
            parts.dropGradients();
        }
    }

    private void checkParameters(String what, List<Tensor> expected) {
        List<@Nullable Tensor> actual = parts.gradients();
        int number = 0;
        for (Parameter parameter : parts.store().all()) {
            String name = what + ": gradient of " + parameter.name();
            Tensor gradient = actual.get(number++);
            if (parameter.trainable()) {
                Tolerance.assertClose(name, expected.get(number), Objects.requireNonNull(gradient, name), tolerance);
            } else {
                Assertions.assertNull(gradient, name);
            }
        }
    }
}
