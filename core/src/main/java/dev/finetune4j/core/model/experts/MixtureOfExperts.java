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
import org.bytedeco.pytorch.ScalarTypeOptional;
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
            Dispatch dispatch = Dispatch.of(routing.ids(), experts.size());
            Tensor inputs = inputs(x, routing, dispatch);
            Tensor outputs = dispatch.empty(x);
            for (int e = 0; e < experts.size(); e++) {
                if (dispatch.used(e)) {
                    run(e, inputs, outputs, dispatch, tape);
                }
            }
            Tensor y = dispatch.combine(outputs, weighsInput ? null : routing.weights());
            return scope.keep(shared == null ? y : y.add_(shared.forward(x, tape)));
        }
    }

    private void run(int e, Tensor inputs, Tensor outputs, Dispatch dispatch, Tape tape) {
        try (Scope scope = Scope.open("expert")) {
            Tensor y = experts.get(e).forward(dispatch.rows(inputs, e), tape(tape, dispatch, e));
            dispatch.rows(outputs, e).copy_(y);
        }
    }

    /** Rows that the experts get. */
    private Tensor inputs(Tensor x, Routing routing, Dispatch dispatch) {
        Tensor rows = dispatch.gather(x);
        return weighsInput ? rows.mul_(dispatch.ofRows(routing.weights(), DType.of(x))) : rows;
    }

    private static Tape tape(Tape tape, Dispatch dispatch, int expert) {
        Draws batch = tape.draws();
        return batch.active() ? tape.with(dispatch.draws(batch, expert)) : tape;
    }

    @Override
    public void replay(Tensor x, Tape tape) {
        try (Scope scope = Scope.open("experts replay")) {
            Routing routing = router.decided(tape);
            Dispatch dispatch = Dispatch.of(routing.ids(), experts.size());
            Tensor inputs = inputs(x, routing, dispatch);
            for (int e = 0; e < experts.size(); e++) {
                if (dispatch.used(e)) {
                    experts.get(e).replay(dispatch.rows(inputs, e), tape(tape, dispatch, e));
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
            Dispatch dispatch = Dispatch.of(routing.ids(), experts.size());
            Rows rows = new Rows(dispatch, dispatch.ofRows(routing.weights(), DType.of(dy)), dy);
            boolean reads = experts.stream().anyMatch(Expert::needsInput);
            Tensor inputs = reads ? inputs(Objects.requireNonNull(x), routing, dispatch) : null;
            for (int e = 0; e < experts.size(); e++) {
                if (dispatch.used(e)) {
                    runBackward(e, inputs, rows, tape(tape, dispatch, e));
                } else {
                    experts.get(e).touchGradients();
                }
            }
            if (weighsInput) {
                rows.throughInputWeights(Objects.requireNonNull(x));
            }
            Tensor dx = dispatch.combine(rows.dInputs, null);
            dx.add_(router.backward(dispatch.ofChoices(rows.dWeights), x, tape));
            return scope.keep(shared == null ? dx : dx.add_(shared.backward(dy, x, tape)));
        }
    }

    private void runBackward(int e, @Nullable Tensor inputs, Rows rows, Tape tape) {
        try (Scope scope = Scope.open("expert backward")) {
            Tensor x = inputs == null ? null : rows.dispatch.rows(inputs, e);
            Tensor w = weighsInput ? null : rows.dispatch.rows(rows.weights, e);
            Expert.Gradients gradients = experts.get(e).backward(rows.dispatch.rows(rows.dOutputs, e), w, x, tape);
            rows.dispatch.rows(rows.dInputs, e).copy_(gradients.dx());
            if (gradients.dw() != null) {
                rows.dispatch.rows(rows.dWeights, e).copy_(gradients.dw());
            }
        }
    }

    /** What backward knows of each row. */
    private static final class Rows {
        private final Dispatch dispatch;
        private final Tensor weights;
        private final Tensor dOutputs;
        private final Tensor dInputs;
        private Tensor dWeights;

        Rows(Dispatch dispatch, Tensor weights, Tensor dy) {
            this.dispatch = dispatch;
            this.weights = weights;
            dOutputs = dispatch.gatherGradient(dy);
            dInputs = dispatch.empty(dy);
            DType wide = DType.of(dy) == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32;
            dWeights = Torch.empty(wide, Torch.device(dy), weights.size(0));
        }

        /** From gradients of weighed inputs to those of weights and of inputs. */
        private void throughInputWeights(Tensor x) {
            dWeights = dInputs.mul(dispatch.gather(x))
                    .sum(new long[] {1}, false, new ScalarTypeOptional(dWeights.scalar_type()));
            dInputs.mul_(weights);
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
