package dev.finetune4j.core.model.attention;

import dev.finetune4j.core.model.AttentionLayout;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;

/**
 * Attention in batched products over chunks of queries, on any device, in any dtype and under any rule. Query heads that
 * share a key head are folded into its rows, so keys are never repeated. Scores of one chunk exist at a time:
 * {@code [keyValueHeads, group · chunk, keys]}.
 *
 * <p>Backward computes the probabilities again from the saved row statistics: {@code p = exp(s − lse)},
 * {@code dv = pᵀ do}, {@code ds = p (do vᵀ − Σ do·o)}, {@code dq = ds k}, {@code dk = dsᵀ q} (Dao et al. 2022, appendix B);
 * under a cap ds shrinks by {@code 1 − (s / cap)²}.
 */
public final class ChunkedAttention implements AttentionKernel {
    @Override
    public String name() {
        return "chunked";
    }

    @Override
    public Result forward(Tensor q, Tensor k, Tensor v, AttentionLayout layout, AttentionRule rule) {
        Result result = Result.empty(q, v);
        try (Scope scope = Scope.open("chunked attention")) {
            Scores rows = new Scores(rule, q, k);
            QueryChunk.forEach(layout, rule, chunk -> {
                Tensor scores = rows.mask(rows.unmasked(chunk), chunk);
                Tensor lse = rows.denominators(scores);
                Tensor p = Torch.to(scores.sub_(lse).exp_(), DType.of(q));
                chunk.unfold(p.bmm(chunk.keys(v)), result.output());
                chunk.statistics(result.statistics()).copy_(lse.view(q.size(1), chunk.queries()));
            });
        }
        return result;
    }

    @Override
    public void backward(
            Tensor gradient, Inputs in, Result saved, AttentionLayout layout, AttentionRule rule, Inputs into) {
        try (Scope scope = Scope.open("chunked attention backward")) {
            DType wide = AttentionKernel.wide(in.q());
            // Several chunks add to the same keys; sums stay in the wide dtype until the end.
            Tensor dk = Torch.zeros(wide, Torch.device(in.k()), in.k().shape());
            Tensor dv = Torch.zeros(wide, Torch.device(in.v()), in.v().shape());
            Inputs sums = new Inputs(into.q(), dk, dv);
            Scores rows = new Scores(rule, in.q(), in.k());
            QueryChunk.forEach(layout, rule, chunk -> backward(chunk, rows, gradient, in, saved, rule, sums));
            into.k().copy_(dk);
            into.v().copy_(dv);
            if (rule.sinks() != null) {
                Sinks.accumulate(rule.sinks(), gradient, saved);
            }
        }
    }

    private static void backward(
            QueryChunk chunk, Scores rows, Tensor gradient, Inputs in, Result saved, AttentionRule rule, Inputs sums) {
        DType wide = AttentionKernel.wide(in.q());
        long heads = in.k().size(1);
        Tensor scores = rows.unmasked(chunk);
        Tensor capped = rule.softCap() == 0 ? null : scores.clone();
        Tensor lse = chunk.statistics(saved.statistics()).reshape(heads, scores.size(1), 1);
        Tensor p = rows.mask(scores, chunk).sub_(lse).exp_();
        Tensor dOut = chunk.fold(gradient, heads);
        chunk.keysOf(sums.v())
                .add_(Torch.to(p, DType.of(in.q())).transpose(1, 2).bmm(dOut).transpose(0, 1));
        Tensor dp = Torch.to(dOut.bmm(chunk.keys(in.v()).transpose(1, 2)), wide);
        Tensor dot = Torch.to(dOut, wide)
                .mul(Torch.to(chunk.fold(saved.output(), heads), wide))
                .sum(new long[] {-1}, true, new ScalarTypeOptional());
        Tensor wideDs = dp.sub_(dot).mul_(p);
        rows.backward(wideDs, capped);
        Tensor ds = Torch.to(wideDs, DType.of(in.q()));
        chunk.unfold(ds.bmm(chunk.keys(in.k())), sums.q());
        chunk.keysOf(sums.k())
                .add_(ds.transpose(1, 2).bmm(chunk.fold(in.q(), heads)).transpose(0, 1));
    }
}
