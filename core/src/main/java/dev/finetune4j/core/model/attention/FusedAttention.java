package dev.finetune4j.core.model.attention;

import dev.finetune4j.core.model.AttentionLayout;
import dev.finetune4j.core.model.attention.AttentionRule.Run;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * libtorch's fused kernel for CPUs, run by run, with its own backward operator: no autograd graph. The fastest in fp32 (with
 * OpenBLAS at one thread); in bf16 it has no fast product and loses to {@link ChunkedAttention}, which also does the rules
 * that this one cannot: caps and slopes. Sinks are joined to what it leaves. The operator computes every score that a mask
 * hides, so runs longer than a window go through it in chunks of queries with the keys that these see.
 */
public final class FusedAttention implements AttentionKernel {
    private final ChunkedAttention chunked = new ChunkedAttention();

    @Override
    public String name() {
        return "fused";
    }

    @Override
    public Result forward(Tensor q, Tensor k, Tensor v, AttentionLayout layout, AttentionRule rule) {
        if (!rule.isPlain()) {
            return chunked.forward(q, k, v, layout, rule);
        }
        Result result = Result.empty(q, v);
        long width = width(q, v);
        forEach(layout, rule, chunk -> {
            Tensor[] parts = Torch.flash(
                    padded(queries(chunk, q), width),
                    padded(keys(chunk, k), width),
                    padded(keys(chunk, v), width),
                    mask(chunk, q, rule),
                    rule.scale());
            queries(chunk, result.output()).copy_(cut(parts[0], v));
            chunk.statistics(result.statistics()).copy_(parts[1].view(q.size(1), chunk.queries()));
        });
        if (rule.sinks() != null) {
            Sinks.join(result, rule.sinks());
        }
        return result;
    }

    @Override
    public void backward(
            Tensor gradient, Inputs in, Result saved, AttentionLayout layout, AttentionRule rule, Inputs into) {
        if (!rule.isPlain()) {
            chunked.backward(gradient, in, saved, layout, rule, into);
            return;
        }
        if (rule.window() == 0) {
            forEach(layout, rule, chunk -> {
                Tensor[] parts = gradients(chunk, gradient, in, saved, rule);
                queries(chunk, into.q()).copy_(parts[0]);
                keys(chunk, into.k()).copy_(parts[1]);
                keys(chunk, into.v()).copy_(parts[2]);
            });
        } else {
            summedBackward(gradient, in, saved, layout, rule, into);
        }
        if (rule.sinks() != null) {
            Sinks.accumulate(rule.sinks(), gradient, saved);
        }
    }

    /** Several chunks add to the same keys; sums stay in the wide dtype until the end. */
    private static void summedBackward(
            Tensor gradient, Inputs in, Result saved, AttentionLayout layout, AttentionRule rule, Inputs into) {
        try (Scope scope = Scope.open("fused attention backward")) {
            DType wide = AttentionKernel.wide(in.q());
            Tensor dk = Torch.zeros(wide, Torch.device(in.k()), in.k().shape());
            Tensor dv = Torch.zeros(wide, Torch.device(in.v()), in.v().shape());
            forEach(layout, rule, chunk -> {
                Tensor[] parts = gradients(chunk, gradient, in, saved, rule);
                queries(chunk, into.q()).copy_(parts[0]);
                keys(chunk, dk).add_(parts[1]);
                keys(chunk, dv).add_(parts[2]);
            });
            into.k().copy_(dk);
            into.v().copy_(dv);
        }
    }

    /** Parts of the gradients of q, k and v that a chunk gives, {@code [1, heads, length, dim]}. */
    private static Tensor[] gradients(QueryChunk chunk, Tensor gradient, Inputs in, Result saved, AttentionRule rule) {
        long width = width(in.q(), in.v());
        long groups = repeats(in.q().size(1), in.k().size(1), Torch.threads());
        Tensor[] inputs = {
            padded(queries(chunk, in.q()), width),
            repeated(padded(keys(chunk, in.k()), width), groups),
            repeated(padded(keys(chunk, in.v()), width), groups)
        };
        Tensor lse = chunk.statistics(saved.statistics()).contiguous().unsqueeze(0);
        Tensor[] outputs = {padded(queries(chunk, saved.output()), width), lse};
        Tensor[] parts = Torch.flashBackward(
                padded(queries(chunk, gradient), width), inputs, outputs, mask(chunk, in.q(), rule), rule.scale());
        return new Tensor[] {
            cut(parts[0], in.q()), cut(summed(parts[1], groups), in.k()), cut(summed(parts[2], groups), in.v())
        };
    }

    private static void forEach(AttentionLayout layout, AttentionRule rule, QueryChunk.Work work) {
        for (Run run : rule.runs(layout)) {
            if (rule.window() > 0 && rule.window() < run.length()) {
                QueryChunk.forEach(run, rule, work);
            } else {
                try (Scope scope = Scope.open("fused attention")) {
                    work.on(QueryChunk.whole(run));
                }
            }
        }
    }

    /** Null for the causal mask that the operator knows by itself. */
    private static @Nullable Tensor mask(QueryChunk chunk, Tensor q, AttentionRule rule) {
        boolean causal = chunk.before() == 0 && (rule.window() == 0 || chunk.queries() <= rule.window());
        return causal ? null : Scores.hidden(q, chunk.queries(), chunk.keys(), chunk.before(), rule.window());
    }

    /**
     * How often to repeat each key head: as often as query heads share it where that spreads better, else once. The backward
     * operator gives each thread whole key heads, of which 3 on 2 threads keep one thread waiting for a third of the time.
     */
    private static long repeats(long heads, long keyValueHeads, int threads) {
        long groups = heads / keyValueHeads;
        return rounds(heads, threads) < rounds(keyValueHeads, threads) * groups ? groups : 1;
    }

    private static long rounds(long heads, int threads) {
        return (heads + threads - 1) / threads;
    }

    /** {@code [1, heads · groups, length, dim]}: each head as often as queries share it. */
    private static Tensor repeated(Tensor heads, long groups) {
        if (groups == 1) {
            return heads;
        }
        return heads.unsqueeze(2)
                .expand(1, heads.size(1), groups, heads.size(2), heads.size(3))
                .reshape(1, heads.size(1) * groups, heads.size(2), heads.size(3));
    }

    /** Gradient of {@link #repeated}. */
    private static Tensor summed(Tensor gradient, long groups) {
        return groups == 1
                ? gradient
                : gradient.view(1, gradient.size(1) / groups, groups, gradient.size(2), gradient.size(3))
                        .sum(2);
    }

    /** {@code [1, heads, queries, dim]} of queries, outputs or their gradients. */
    private static Tensor queries(QueryChunk chunk, Tensor ragged) {
        return ragged.narrow(0, chunk.first(), chunk.queries()).transpose(0, 1).unsqueeze(0);
    }

    /** {@code [1, keyValueHeads, keys, dim]} of keys, values or their gradients. */
    private static Tensor keys(QueryChunk chunk, Tensor ragged) {
        return chunk.keys(ragged).unsqueeze(0);
    }

    /** The one width of heads that the operator takes; columns of zeros in narrower ones change no product. */
    private static long width(Tensor q, Tensor v) {
        return Math.max(q.size(2), v.size(2));
    }

    private static Tensor padded(Tensor heads, long width) {
        long missing = width - heads.size(3);
        return missing == 0 ? heads : torch.constant_pad_nd(heads, 0, missing);
    }

    /** Without the columns that {@link #padded} added. */
    private static Tensor cut(Tensor heads, Tensor like) {
        return heads.narrow(3, 0, like.size(2));
    }
}
