package dev.finetune4j.core.model.attention;

import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * Scores of chunks under a rule, in the wide dtype, {@code [keyValueHeads, group · queries, keys]}. Made for one pass; lives
 * in the caller's scope.
 */
final class Scores {
    private final AttentionRule rule;
    private final Tensor q;
    private final Tensor k;
    private final long keyValueHeads;
    private final long group;
    private final @Nullable Tensor slopes;
    private final @Nullable Tensor sinks;

    Scores(AttentionRule rule, Tensor q, Tensor k) {
        this.rule = rule;
        this.q = q;
        this.k = k;
        this.keyValueHeads = k.size(1);
        this.group = q.size(1) / keyValueHeads;
        this.slopes = rule.slopes() == null ? null : perHead(floats(rule.slopes(), Torch.device(q)));
        this.sinks = rule.sinks() == null ? null : perHead(rule.sinks().value());
    }

    private static Tensor floats(double[] values, Device device) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return Torch.floats(floats, device);
    }

    /** {@code [keyValueHeads, group, 1, 1]}. */
    private Tensor perHead(Tensor values) {
        return Torch.to(values, AttentionKernel.wide(q)).view(keyValueHeads, group, 1, 1);
    }

    /** Scaled and capped, before slopes and mask. */
    Tensor unmasked(QueryChunk chunk) {
        Tensor raw = chunk.fold(q, keyValueHeads).bmm(chunk.keys(k).transpose(1, 2));
        Tensor scores = Torch.to(raw, AttentionKernel.wide(q));
        double cap = rule.softCap();
        return cap == 0
                ? scores.mul_(Torch.scalar(rule.scale()))
                : scores.mul_(Torch.scalar(rule.scale() / cap)).tanh_().mul_(Torch.scalar(cap));
    }

    /**
     * Turns a gradient of capped scores into one of the products of q and k, in place.
     *
     * @param unmasked what {@link #unmasked} gave, or null where the rule has no cap
     */
    void backward(Tensor gradient, @Nullable Tensor unmasked) {
        if (unmasked != null) {
            double ofSquare = -rule.scale() / (rule.softCap() * rule.softCap());
            gradient.mul_(unmasked.square().mul_(Torch.scalar(ofSquare)).add_(Torch.scalar(rule.scale())));
        } else {
            gradient.mul_(Torch.scalar(rule.scale()));
        }
    }

    /** Adds slopes and the mask to scores, in place. */
    Tensor mask(Tensor scores, QueryChunk chunk) {
        int keys = chunk.keys();
        int before = chunk.before();
        Tensor perHead = scores.view(keyValueHeads, group, chunk.queries(), keys);
        if (slopes != null) {
            perHead.addcmul_(slopes, distances(scores, chunk.queries(), keys, before));
        }
        if (rule.window() == 0 || keys <= rule.window()) {
            // Every query sees all keys before the first query's.
            perHead.narrow(3, before, chunk.queries()).add_(hidden(scores, chunk.queries(), chunk.queries(), 0, 0));
        } else {
            perHead.add_(hidden(scores, chunk.queries(), keys, before, rule.window()));
        }
        return scores;
    }

    /** How far each key lies behind each query, less than zero before it, {@code [queries, keys]}. */
    private static Tensor distances(Tensor like, int queries, int keys, int before) {
        Tensor key = positions(like, keys);
        Tensor query = positions(like, queries).add_(Torch.scalar(before));
        return key.unsqueeze(0).sub(query.unsqueeze(1));
    }

    private static Tensor positions(Tensor like, int count) {
        int[] positions = new int[count];
        java.util.Arrays.setAll(positions, i -> i);
        return Torch.to(Torch.ints(positions, Torch.device(like)), DType.of(like));
    }

    /**
     * Additive mask {@code [queries, keys]} in the dtype of {@code like}: 0 where a query sees a key, −∞ elsewhere.
     *
     * @param before keys before the first query's own
     * @param window 0 for none
     */
    static Tensor hidden(Tensor like, int queries, int keys, int before, int window) {
        try (Scope scope = Scope.open("mask")) {
            Device device = Torch.device(like);
            Tensor hidden =
                    Torch.empty(DType.of(like), device, queries, keys).fill_(Torch.scalar(Double.NEGATIVE_INFINITY));
            Tensor mask = hidden.triu(before + 1);
            if (window > 0) {
                mask.add_(hidden.tril(before - window));
            }
            return scope.keep(mask);
        }
    }

    /** Log of each row's softmax denominator, {@code [keyValueHeads, group · queries, 1]}. */
    Tensor denominators(Tensor scores) {
        Tensor lse = torch.logsumexp(scores, new long[] {-1}, true);
        return sinks == null
                ? lse
                : torch.logaddexp(lse.view(keyValueHeads, group, -1, 1), sinks).view(lse.shape());
    }
}
