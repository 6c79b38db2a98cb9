package dev.finetune4j.core.model.experts;

import dev.finetune4j.core.model.Tape;
import dev.finetune4j.core.model.experts.routing.Router;
import dev.finetune4j.core.model.experts.routing.Routing;
import dev.finetune4j.core.model.layers.FeedForward;
import dev.finetune4j.core.model.linear.Linear;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Draws;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.weights.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Mixture of experts: {@code y = Σ wₑ expertₑ(x) + shared(x)} over the experts that a router chose for a token, or
 * {@code Σ expertₑ(wₑ x)} where the weights multiply the input.
 *
 * <p>On the tape: what the router decided, and gate and up of each expert. Experts that no token chose do not run; where
 * they train their gradients are zero. Sums over a token's experts are taken in the order of its choices.
 */
public final class MixtureOfExperts implements FeedForward {
    private final Router router;
    private final boolean weighsInput;
    private final List<Expert> experts;
    private final @Nullable FeedForward shared;
    private final List<Parameter> stacks;

    /**
     * @param weighsInput whether weights multiply the experts' inputs instead of their outputs
     * @param stacks parameters of experts that no linear map calls its own
     */
    MixtureOfExperts(
            Router router,
            boolean weighsInput,
            List<Expert> experts,
            @Nullable FeedForward shared,
            List<Parameter> stacks) {
        this.router = router;
        this.weighsInput = weighsInput;
        this.experts = List.copyOf(experts);
        this.shared = shared;
        this.stacks = List.copyOf(stacks);
    }

    @Override
    public Tensor forward(Tensor x, Tape tape) {
        try (Scope scope = Scope.open("experts")) {
            Routing routing = router.forward(x, tape);
            Rows rows = new Rows(routing, x);
            Tensor outputs = rows.dispatch.allRows(x);
            for (int e = 0; e < experts.size(); e++) {
                if (rows.dispatch.used(e)) {
                    run(e, x, outputs, rows, tape);
                }
            }
            Tensor y = rows.dispatch.combine(outputs, weighsInput ? null : routing.weights());
            return scope.keep(shared == null ? y : y.add_(shared.forward(x, tape)));
        }
    }

    private void run(int e, Tensor x, Tensor outputs, Rows rows, Tape tape) {
        try (Scope scope = Scope.open("expert")) {
            Tensor y = experts.get(e).forward(rows.inputs(x, e), tape(tape, rows.dispatch, e));
            rows.dispatch.rows(outputs, e).copy_(y);
        }
    }

    private static Tape tape(Tape tape, Dispatch dispatch, int expert) {
        Draws batch = tape.draws();
        return batch.active() ? tape.with(dispatch.draws(batch, expert)) : tape;
    }

    @Override
    public void replay(Tensor x, Tape tape) {
        try (Scope scope = Scope.open("experts replay")) {
            Rows rows = new Rows(router.decided(tape), x);
            for (int e = 0; e < experts.size(); e++) {
                if (rows.dispatch.used(e)) {
                    try (Scope own = Scope.open("expert")) {
                        experts.get(e).replay(rows.inputs(x, e), tape(tape, rows.dispatch, e));
                    }
                }
            }
            if (shared != null) {
                shared.replay(x, tape);
            }
        }
    }

    @Override
    public Tensor backward(Tensor dy, @Nullable Tensor x, Tape tape) {
        try (Scope scope = Scope.open("experts backward")) {
            Routing routing = router.decided(tape);
            Rows rows = new Rows(routing, dy);
            boolean reads = experts.stream().anyMatch(Expert::needsInput);
            Backward gradients = new Backward(rows, dy, reads ? x : null);
            for (int e = 0; e < experts.size(); e++) {
                if (rows.dispatch.used(e)) {
                    gradients.run(e, tape(tape, rows.dispatch, e), weighsInput ? x : null);
                } else {
                    experts.get(e).touchGradients();
                }
            }
            boolean late = weighsInput || !reads;
            Tensor dx = rows.dispatch.combine(gradients.dInputs, late ? routing.weights() : null);
            dx.add_(router.backward(rows.dispatch.ofChoices(gradients.dWeights), x, tape));
            return scope.keep(shared == null ? dx : dx.add_(shared.backward(dy, x, tape)));
        }
    }

    /** Tokens by expert, and what their rows are weighed by. */
    private final class Rows {
        private final Dispatch dispatch;
        private final Tensor weights;

        Rows(Routing routing, Tensor like) {
            dispatch = Dispatch.of(routing.ids(), experts.size());
            weights = dispatch.ofRows(routing.weights(), DType.of(like));
        }

        /** Rows that one expert gets. */
        private Tensor inputs(Tensor x, int e) {
            Tensor own = dispatch.gather(x, e);
            return weighsInput ? own.mul_(dispatch.rows(weights, e)) : own;
        }
    }

    /** Gradients of rows. */
    private final class Backward {
        private final Rows rows;
        private final Tensor dy;
        private final @Nullable Tensor read;
        private final Tensor dInputs;
        private final Tensor dWeights;

        /** @param read x where experts read it */
        Backward(Rows rows, Tensor dy, @Nullable Tensor read) {
            this.rows = rows;
            this.dy = dy;
            this.read = read;
            dInputs = rows.dispatch.allRows(dy);
            DType wide = DType.of(dy) == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32;
            dWeights = Torch.empty(wide, Torch.device(dy), rows.weights.size(0));
        }

        /** @param weighed x where weights multiply it */
        private void run(int e, Tape tape, @Nullable Tensor weighed) {
            try (Scope scope = Scope.open("expert backward")) {
                Expert.RowWeights weights =
                        weighsInput ? null : new Expert.RowWeights(rows.dispatch.rows(rows.weights, e), read == null);
                Tensor x = read == null ? null : rows.inputs(read, e);
                Expert.Gradients gradients =
                        experts.get(e).backward(rows.dispatch.gatherGradient(dy, e), weights, x, tape);
                rows.dispatch.rows(dInputs, e).copy_(gradients.dx());
                Tensor dw = weighed == null
                        ? Objects.requireNonNull(gradients.dw())
                        : Expert.overColumns(rows.dispatch.gather(weighed, e).mul_(gradients.dx()));
                rows.dispatch.rows(dWeights, e).copy_(dw);
            }
        }
    }

    @Override
    public boolean needsInput() {
        return weighsInput
                || router.needsInput()
                || experts.stream().anyMatch(Expert::needsInput)
                || (shared != null && shared.needsInput());
    }

    /** Those of the experts and of the shared layer; the router's is none that adapters change. */
    @Override
    public List<Linear> projections() {
        List<Linear> all = new ArrayList<>();
        experts.forEach(expert -> all.addAll(expert.projections()));
        if (shared != null) {
            all.addAll(shared.projections());
        }
        return all;
    }

    @Override
    public List<Parameter> parameters() {
        List<Parameter> all = new ArrayList<>(router.parameters());
        all.addAll(stacks);
        return all;
    }
}
