package dev.finetune4j.core.model.attention;

import dev.finetune4j.core.model.AttentionLayout;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Attention in batched products over chunks of queries, on any device and in any dtype. Query heads that share a key head
 * are folded into its rows, so keys are never repeated. Scores of one chunk exist at a time: {@code [keyValueHeads,
 * group · chunk, keys]}.
 *
 * <p>Backward computes the probabilities again from the saved row statistics: {@code p = exp(s − lse)},
 * {@code dv = pᵀ do}, {@code ds = p (do vᵀ − Σ do·o)}, {@code dq = ds k}, {@code dk = dsᵀ q} (Dao et al. 2022, appendix B).
 */
public final class ChunkedAttention implements AttentionKernel {
    private static final int CHUNK = 256;

    @Override
    public String name() {
        return "chunked";
    }

    @Override
    public Result forward(Tensor q, Tensor k, Tensor v, AttentionLayout layout, AttentionRule rule) {
        Tensor output = Torch.empty(DType.of(q), Torch.device(q), q.shape());
        Tensor statistics = Torch.empty(scoreType(q), Torch.device(q), q.size(1), q.size(0));
        forEachChunk(layout, rule, chunk -> {
            Tensor scores = chunk.scores(q, k);
            Tensor lse = torch.logsumexp(scores, new long[] {-1}, true);
            Tensor p = Torch.to(scores.sub_(lse).exp_(), DType.of(q));
            chunk.unfold(p.bmm(chunk.keys(v)), output);
            chunk.statistics(statistics)
                    .copy_(lse.view(k.size(1), q.size(1) / k.size(1), chunk.queries)
                            .view(q.size(1), chunk.queries));
        });
        return new Result(output, statistics);
    }

    @Override
    public void backward(
            Tensor gradient, Inputs in, Result saved, AttentionLayout layout, AttentionRule rule, Inputs into) {
        DType wide = scoreType(in.q());
        // Several chunks add to the same keys; sums stay in the wide dtype until the end.
        Tensor dk = Torch.zeros(wide, Torch.device(in.k()), in.k().shape());
        Tensor dv = Torch.zeros(wide, Torch.device(in.v()), in.v().shape());
        forEachChunk(layout, rule, chunk -> {
            Tensor scores = chunk.scores(in.q(), in.k());
            long heads = in.k().size(1);
            Tensor lse = chunk.statistics(saved.statistics()).reshape(heads, scores.size(1), 1);
            Tensor p = scores.sub_(lse).exp_();
            Tensor dOut = chunk.fold(gradient, heads);
            chunk.keysOf(dv)
                    .add_(Torch.to(p, DType.of(in.q()))
                            .transpose(1, 2)
                            .bmm(dOut)
                            .transpose(0, 1));
            Tensor dp = Torch.to(dOut.bmm(chunk.keys(in.v()).transpose(1, 2)), wide);
            Tensor dot = Torch.to(dOut, wide)
                    .mul(Torch.to(chunk.fold(saved.output(), heads), wide))
                    .sum(new long[] {-1}, true, new ScalarTypeOptional());
            Tensor ds = Torch.to(dp.sub_(dot).mul_(p).mul_(Torch.scalar(rule.scale())), DType.of(in.q()));
            chunk.unfold(ds.bmm(chunk.keys(in.k())), into.q());
            chunk.keysOf(dk)
                    .add_(ds.transpose(1, 2).bmm(chunk.fold(in.q(), heads)).transpose(0, 1));
        });
        into.k().copy_(dk);
        into.v().copy_(dv);
    }

    private static DType scoreType(Tensor q) {
        return DType.of(q) == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32;
    }

    private interface ChunkWork {
        void on(Chunk chunk);
    }

    private static void forEachChunk(AttentionLayout layout, AttentionRule rule, ChunkWork work) {
        int window = rule.window();
        for (int document = 0; document < layout.documents(); document++) {
            int start = layout.starts()[document];
            int length = layout.lengths()[document];
            for (int first = 0; first < length; first += CHUNK) {
                try (Scope scope = Scope.open("attention chunk")) {
                    int queries = Math.min(CHUNK, length - first);
                    int firstKey = window > 0 ? Math.max(0, first - window + 1) : 0;
                    work.on(new Chunk(start, first, queries, firstKey, rule));
                }
            }
        }
    }

    /**
     * Additive mask of a document with a window, {@code [length, length]} in the dtype of {@code like}: 0 where a query sees
     * a key, −∞ elsewhere.
     */
    static Tensor bandMask(Tensor like, int length, int window) {
        return mask(like, 0, 0, length, length, window);
    }

    private static Tensor mask(Tensor like, int firstQuery, int firstKey, int queries, int keys, int window) {
        try (Scope scope = Scope.open("mask")) {
            int shift = firstQuery - firstKey;
            Tensor hidden = Torch.zeros(DType.of(like), Torch.device(like), queries, keys)
                    .fill_(Torch.scalar(Double.NEGATIVE_INFINITY));
            Tensor mask = hidden.triu(shift + 1);
            if (window > 0) {
                mask.add_(hidden.tril(shift - window));
            }
            return scope.keep(mask);
        }
    }

    /** A run of queries of one document and the keys they may see. */
    private record Chunk(int documentStart, int first, int queries, int firstKey, AttentionRule rule) {
        int keyCount() {
            return first + queries - firstKey;
        }

        /** {@code [keyValueHeads, group · queries, dim]} of queries, outputs or their gradients. */
        Tensor fold(Tensor ragged, long keyValueHeads) {
            long group = ragged.size(1) / keyValueHeads;
            return ragged.narrow(0, documentStart + first, queries)
                    .view(queries, keyValueHeads, group, ragged.size(2))
                    .permute(1, 2, 0, 3)
                    .reshape(keyValueHeads, group * queries, ragged.size(2));
        }

        /** Writes what {@link #fold} would read. */
        void unfold(Tensor folded, Tensor ragged) {
            long keyValueHeads = folded.size(0);
            long group = ragged.size(1) / keyValueHeads;
            ragged.narrow(0, documentStart + first, queries)
                    .view(queries, keyValueHeads, group, ragged.size(2))
                    .copy_(folded.view(keyValueHeads, group, queries, ragged.size(2))
                            .permute(2, 0, 1, 3));
        }

        /** Rows of the visible keys, {@code [keys, keyValueHeads, dim]}. */
        Tensor keysOf(Tensor ragged) {
            return ragged.narrow(0, documentStart + firstKey, keyCount());
        }

        /** {@code [keyValueHeads, keys, dim]}. */
        Tensor keys(Tensor ragged) {
            return keysOf(ragged).transpose(0, 1);
        }

        Tensor statistics(Tensor all) {
            return all.narrow(1, documentStart + first, queries);
        }

        /** Masked, scaled scores in the wide dtype, {@code [keyValueHeads, group · queries, keys]}. */
        Tensor scores(Tensor q, Tensor k) {
            long keyValueHeads = k.size(1);
            long group = q.size(1) / keyValueHeads;
            Tensor raw = fold(q, keyValueHeads).bmm(keys(k).transpose(1, 2));
            Tensor scores = Torch.to(raw, scoreType(q)).mul_(Torch.scalar(rule.scale()));
            scores.view(keyValueHeads, group, queries, keyCount())
                    .add_(mask(scores, first, firstKey, queries, keyCount(), rule.window()));
            return scores;
        }
    }
}
