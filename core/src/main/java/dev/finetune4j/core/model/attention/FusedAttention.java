package dev.finetune4j.core.model.attention;

import dev.finetune4j.core.model.AttentionLayout;
import dev.finetune4j.core.model.attention.AttentionRule.Run;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * libtorch's fused kernel for CPUs, run by run, with its own backward operator: no autograd graph. The fastest in fp32 (with
 * OpenBLAS at one thread); in bf16 it has no fast product and loses to {@link ChunkedAttention}, which also does the rules
 * that this one cannot: caps and slopes. Sinks are joined to what it leaves.
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
        for (Run run : rule.runs(layout)) {
            try (Scope scope = Scope.open("fused attention")) {
                Piece piece = new Piece(run, q, v);
                Tensor[] parts =
                        Torch.flash(piece.heads(q), piece.heads(k), piece.heads(v), piece.mask(q, rule), rule.scale());
                piece.write(parts[0], result.output());
                piece.columns(result.statistics()).copy_(parts[1].view(q.size(1), run.length()));
            }
        }
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
        long groups = repeats(in.q().size(1), in.k().size(1), Torch.threads());
        for (Run run : rule.runs(layout)) {
            try (Scope scope = Scope.open("fused attention backward")) {
                Piece piece = new Piece(run, in.q(), in.v());
                Tensor[] inputs = {
                    piece.heads(in.q()), repeated(piece.heads(in.k()), groups), repeated(piece.heads(in.v()), groups)
                };
                Tensor lse = piece.columns(saved.statistics()).contiguous().unsqueeze(0);
                Tensor[] outputs = {piece.heads(saved.output()), lse};
                Tensor[] parts = Torch.flashBackward(
                        piece.heads(gradient), inputs, outputs, piece.mask(in.q(), rule), rule.scale());
                piece.write(parts[0], into.q());
                piece.write(summed(parts[1], groups), into.k());
                piece.write(summed(parts[2], groups), into.v());
            }
        }
        if (rule.sinks() != null) {
            Sinks.accumulate(rule.sinks(), gradient, saved);
        }
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

    /**
     * Views of one run in the layout of the fused operator, which takes fewer key and value heads than query heads by itself,
     * but only heads of one width: narrower ones get columns of zeros, which change no product.
     */
    private static final class Piece {
        final Run run;
        final long width;

        Piece(Run run, Tensor q, Tensor v) {
            this.run = run;
            this.width = Math.max(q.size(2), v.size(2));
        }

        /** Null for the causal mask that the operator knows by itself. */
        @Nullable
        Tensor mask(Tensor q, AttentionRule rule) {
            int length = run.length();
            return rule.window() > 0 && rule.window() < length
                    ? Scores.hidden(q, length, length, 0, rule.window())
                    : null;
        }

        /** {@code [1, heads, length, width]} of a ragged tensor. */
        Tensor heads(Tensor ragged) {
            Tensor view = own(ragged);
            long missing = width - view.size(3);
            return missing == 0 ? view : torch.constant_pad_nd(view, 0, missing);
        }

        private Tensor own(Tensor ragged) {
            return ragged.narrow(0, run.start(), run.length()).transpose(0, 1).unsqueeze(0);
        }

        /** Writes what {@link #heads} would read. */
        void write(Tensor heads, Tensor ragged) {
            own(ragged).copy_(heads.narrow(3, 0, ragged.size(2)));
        }

        /** {@code [heads, length]} of the row statistics. */
        Tensor columns(Tensor statistics) {
            return statistics.narrow(1, run.start(), run.length());
        }
    }
}
