package dev.finetune4j.training.walk;

import dev.finetune4j.core.batch.TokenBatch;
import dev.finetune4j.core.batch.TokenRow;
import dev.finetune4j.core.model.AttentionLayout;
import dev.finetune4j.core.model.Block;
import dev.finetune4j.core.model.Decoder;
import dev.finetune4j.core.model.Flow;
import dev.finetune4j.core.model.FrozenPass;
import dev.finetune4j.core.model.Segment;
import dev.finetune4j.core.model.Tape;
import dev.finetune4j.core.model.experts.routing.RouterStatistics;
import dev.finetune4j.core.runtime.Draws;
import dev.finetune4j.core.runtime.NativeErrors;
import dev.finetune4j.core.runtime.Scope;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * The walk of a decoder under the next-token objective.
 *
 * <pre>
 *  forward    ids ─► input ─► block 0 ─► … ─► block n ─► head ─► loss
 *                               │                 │        │
 *                             trace             trace      │
 *                               ▲                 ▲        │
 *  backward          input ◄─ block 0 ◄─ … ◄─ block n ◄────┘
 * </pre>
 *
 * <p>Blocks below the lowest segment that trains run forward without traces, and backward stops above them.
 */
public final class Walk implements BatchWalk {
    private final Decoder decoder;
    private final HeadWalk head;
    private final Options options;

    /**
     * What a run decides once.
     *
     * @param policies one a block
     * @param headChunk labelled tokens whose logits exist at a time
     * @param labelSmoothing ε in [0, 1)
     * @param dropoutSeed key of all dropout masks
     * @param routerLoss factor of the load-balancing loss of a mixture of experts; 0 for none. That loss is a mean over the
     *     tokens of each batch that walks: it is neither divided by the step's count nor by its number of batches, and the
     *     loss that is logged contains it, as with transformers under the Hugging Face trainer
     */
    public record Options(
            List<ActivationPolicy> policies,
            int headChunk,
            double labelSmoothing,
            long dropoutSeed,
            double routerLoss) {
        public Options {
            policies = List.copyOf(policies);
        }

        /** Without a load-balancing loss. */
        public Options(List<ActivationPolicy> policies, int headChunk, double labelSmoothing, long dropoutSeed) {
            this(policies, headChunk, labelSmoothing, dropoutSeed, 0);
        }
    }

    public Walk(Decoder decoder, Options options) {
        this.decoder = decoder;
        this.options = options;
        this.head = new HeadWalk(decoder.head(), options.headChunk, options.labelSmoothing);
    }

    @Override
    public double count(TokenBatch batch) {
        return batch.labelsGiven();
    }

    @Override
    public double forwardBackward(TokenBatch batch, Position position, double scale) {
        return NativeErrors.guard("step " + (position.step() + 1), () -> walk(batch, position, scale));
    }

    private double walk(TokenBatch batch, Position position, double scale) {
        LabelledTokens tokens = LabelledTokens.of(batch);
        if (tokens.size() == 0) {
            return 0;
        }
        Deque<Trace> traces = new ArrayDeque<>();
        try (Scope scope = Scope.open("walk");
                NoGradGuard noGrad = new NoGradGuard()) {
            Tensor ids = decoder.ids(batch);
            AttentionLayout layout = AttentionLayout.of(batch);
            Draws draws = new Draws(options.dropoutSeed, position.step(), position.firstRow(), layout.rowLengths());
            RouterStatistics routers = options.routerLoss == 0 ? null : decoder.routers();
            if (routers != null) {
                routers.begin();
            }
            Tensor hidden = forward(decoder.start(ids, layout), draws, traces);
            HeadWalk.Outcome outcome = head.forwardBackward(hidden, tokens, scale);
            hidden.close();
            double routerLoss = 0;
            if (routers != null) {
                routers.weigh(options.routerLoss);
                routerLoss = options.routerLoss * routers.loss();
            }
            backward(outcome.gradient(), ids, layout, traces);
            return outcome.lossSum() + routerLoss / scale;
        } finally {
            endRouters();
            traces.forEach(Trace::close);
        }
    }

    private void endRouters() {
        RouterStatistics routers = decoder.routers();
        if (routers != null) {
            routers.end();
        }
    }

    /**
     * Hidden states after the last block. Traces lie newest first. All tensors belong to the caller's scope, which frees
     * them if something fails, and are closed as soon as they have been read.
     */
    private Tensor forward(Flow start, Draws draws, Deque<Trace> traces) {
        int lowest = lowestTrainable();
        Tensor hidden = start.hidden();
        for (int i = 0; i < decoder.blocks().size(); i++) {
            Block block = decoder.blocks().get(i);
            Flow flow = start.with(hidden);
            Tensor next;
            if (i + 1 < lowest) {
                next = block.forward(flow, Tape.off(draws));
            } else {
                Trace trace = Trace.of(block, flow, draws, options.policies.get(i), decoder.tapeMemory());
                traces.push(trace);
                next = trace.forward();
            }
            hidden.close();
            hidden = next;
        }
        return hidden;
    }

    private void backward(Tensor gradient, Tensor ids, AttentionLayout layout, Deque<Trace> traces) {
        Tensor current = gradient;
        while (!traces.isEmpty()) {
            try (Trace trace = traces.pop();
                    Scope scope = Scope.open("backward")) {
                Tensor next = scope.keep(trace.backward(current));
                current.close();
                current = next;
            }
        }
        if (decoder.input().trains()) {
            decoder.input().backward(current, ids, decoder.positions(layout));
        }
        current.close();
    }

    /** Index in walk order (0 the input, then blocks, then the head) of the lowest segment that trains. */
    private int lowestTrainable() {
        List<Segment> segments = decoder.segments();
        for (int i = 0; i < segments.size(); i++) {
            if (segments.get(i).trains()) {
                return i;
            }
        }
        return segments.size();
    }

    @Override
    public List<RowScore> score(TokenBatch batch) {
        return NativeErrors.guard("evaluation", () -> scoreRows(batch));
    }

    private List<RowScore> scoreRows(TokenBatch batch) {
        LabelledTokens tokens = LabelledTokens.of(batch);
        try (Scope scope = Scope.open("score");
                NoGradGuard noGrad = new NoGradGuard()) {
            HeadWalk.Scores scores = head.score(new FrozenPass(decoder).hidden(batch), tokens);
            List<RowScore> rows = new ArrayList<>();
            int at = 0;
            for (TokenRow row : batch.rows()) {
                int end = at + row.labelled();
                rows.add(rowScore(scores, at, end));
                at = end;
            }
            return rows;
        }
    }

    private static RowScore rowScore(HeadWalk.Scores scores, int from, int to) {
        double loss = 0;
        double smoothed = 0;
        int right = 0;
        for (int i = from; i < to; i++) {
            loss += scores.losses()[i];
            smoothed += scores.smoothed()[i];
            right += scores.right()[i] ? 1 : 0;
        }
        return new RowScore(loss, smoothed, to - from, right);
    }
}
