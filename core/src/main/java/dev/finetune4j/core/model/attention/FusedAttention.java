package dev.finetune4j.core.model.attention;

import dev.finetune4j.core.model.AttentionLayout;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * libtorch's fused kernel for CPUs, document by document, with its own backward operator: no autograd graph. The fastest
 * in fp32 (with OpenBLAS at one thread); in bf16 it has no fast product and loses to {@link ChunkedAttention}.
 */
public final class FusedAttention implements AttentionKernel {
    @Override
    public String name() {
        return "fused";
    }

    @Override
    public Result forward(Tensor q, Tensor k, Tensor v, AttentionLayout layout, AttentionRule rule) {
        Tensor output = Torch.empty(DType.of(q), Torch.device(q), q.shape());
        DType statisticsType = DType.of(q) == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32;
        Tensor statistics = Torch.empty(statisticsType, Torch.device(q), q.size(1), q.size(0));
        for (int i = 0; i < layout.documents(); i++) {
            try (Scope scope = Scope.open("fused attention")) {
                Document d = new Document(layout, i, q, rule);
                Tensor[] result = Torch.flash(d.heads(q), d.heads(k), d.heads(v), d.mask, d.scale);
                d.heads(output).copy_(result[0]);
                d.columns(statistics).copy_(result[1].view(q.size(1), d.length));
            }
        }
        return new Result(output, statistics);
    }

    @Override
    public void backward(
            Tensor gradient, Inputs in, Result saved, AttentionLayout layout, AttentionRule rule, Inputs into) {
        long groups = repeats(in.q().size(1), in.k().size(1), Torch.threads());
        for (int i = 0; i < layout.documents(); i++) {
            try (Scope scope = Scope.open("fused attention backward")) {
                Document d = new Document(layout, i, in.q(), rule);
                Tensor[] inputs = {d.heads(in.q()), repeated(d.heads(in.k()), groups), repeated(d.heads(in.v()), groups)
                };
                Tensor lse = d.columns(saved.statistics()).contiguous().unsqueeze(0);
                Tensor[] outputs = {d.heads(saved.output()), lse};
                Tensor[] grads = Torch.flashBackward(d.heads(gradient), inputs, outputs, d.mask, d.scale);
                d.heads(into.q()).copy_(grads[0]);
                d.heads(into.k()).copy_(summed(grads[1], groups));
                d.heads(into.v()).copy_(summed(grads[2], groups));
            }
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
     * Views of one document in the layout of the fused operator, which takes fewer key and value heads than query heads by
     * itself.
     */
    private static final class Document {
        final int start;
        final int length;
        final double scale;
        final @Nullable Tensor mask;

        Document(AttentionLayout layout, int number, Tensor q, AttentionRule rule) {
            int window = rule.window();
            start = layout.starts()[number];
            length = layout.lengths()[number];
            scale = rule.scale();
            mask = window > 0 && window < length ? ChunkedAttention.bandMask(q, length, window) : null;
        }

        /** {@code [1, heads, length, dim]} of a ragged tensor. */
        Tensor heads(Tensor ragged) {
            return ragged.narrow(0, start, length).transpose(0, 1).unsqueeze(0);
        }

        /** {@code [heads, length]} of the row statistics. */
        Tensor columns(Tensor statistics) {
            return statistics.narrow(1, start, length);
        }
    }
}
