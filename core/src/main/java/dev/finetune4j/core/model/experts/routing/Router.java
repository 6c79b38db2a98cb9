package dev.finetune4j.core.model.experts.routing;

import dev.finetune4j.core.model.Tape;
import dev.finetune4j.core.model.config.ExpertConfig;
import dev.finetune4j.core.model.linear.Linear;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Draws;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.weights.Parameter;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Chooses experts for each token: a linear map to one logit an expert, then a {@link Scoring}. Computed in fp32 at least,
 * whatever the products' dtype: a choice that hangs on the rounding of bf16 would differ from one kernel to the next.
 *
 * <p>On the tape: logits, choice and weights; a replay finds them there and runs nothing. Adapters never change a router's
 * map; it trains where its own weight does.
 */
public final class Router {
    private static final String LOGITS = "router.logits";
    private static final String IDS = "router.ids";
    private static final String WEIGHTS = "router.weights";

    private final Linear map;
    private final @Nullable Parameter correction;
    private final Scoring scoring;
    private final RouterStatistics statistics;

    /**
     * @param map {@code [experts, hidden]}
     * @param correction {@code [experts]}, added for the choice only; it {@link Parameter#neverTrains}
     * @param statistics shared by all routers of a model
     */
    public Router(Linear map, @Nullable Parameter correction, ExpertConfig config, RouterStatistics statistics) {
        this.map = map;
        this.correction = correction;
        this.scoring = Scoring.of(config.router(), config.count(), config.perToken());
        this.statistics = statistics;
    }

    /**
     * @param x {@code [tokens, hidden]}
     * @return in the caller's scope, like the tape's copies
     */
    public Routing forward(Tensor x, Tape tape) {
        try (Scope scope = Scope.open("router")) {
            Tensor wide = wide(x);
            Tensor logits = map.forward(wide, Tape.off(Draws.NONE));
            Tensor added = correction == null ? null : Torch.to(correction.value(), DType.of(wide));
            Routing routing = scoring.choose(logits, added);
            statistics.record(routing, logits);
            tape.put(LOGITS, logits);
            tape.put(IDS, routing.ids());
            tape.put(WEIGHTS, routing.weights());
            return new Routing(scope.keep(routing.ids()), scope.keep(routing.weights()));
        }
    }

    /** What {@link #forward} decided. */
    public Routing decided(Tape tape) {
        return new Routing(tape.get(IDS), tape.get(WEIGHTS));
    }

    /**
     * The input gradient through the weights and the load-balancing loss; adds to the gradient of the map if it trains.
     *
     * @param dWeights gradient of the weights {@code [tokens, perToken]}
     * @param x the input of forward if {@link #needsInput}, else possibly null
     * @return {@code [tokens, hidden]} in fp32 or fp64
     */
    public Tensor backward(Tensor dWeights, @Nullable Tensor x, Tape tape) {
        try (Scope scope = Scope.open("router backward")) {
            Tensor logits = tape.get(LOGITS);
            Tensor dz = scoring.backward(Torch.to(dWeights, DType.of(logits)), logits, decided(tape));
            statistics.addGradient(dz, logits);
            return scope.keep(map.backward(dz, x == null ? null : wide(x), Tape.off(Draws.NONE)));
        }
    }

    private static Tensor wide(Tensor x) {
        return DType.of(x) == DType.FLOAT64 ? x : Torch.to(x, DType.FLOAT32);
    }

    /** Whether backward reads the input. */
    public boolean needsInput() {
        return map.needsInput();
    }

    public List<Parameter> parameters() {
        List<Parameter> all = new ArrayList<>(map.parameters());
        if (correction != null) {
            all.add(correction);
        }
        return all;
    }
}
