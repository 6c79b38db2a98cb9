package dev.finetune4j.core.model.layers;

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
    public Result forward(Tensor q, Tensor k, Tensor v, AttentionLayout layout, int window) {
        Tensor output = Torch.empty(DType.of(q), Torch.device(q), q.shape());
        DType statisticsType = DType.of(q) == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32;
        Tensor statistics = Torch.empty(statisticsType, Torch.device(q), q.size(1), q.size(0));
        for (int i = 0; i < layout.documents(); i++) {
            try (Scope scope = Scope.open("fused attention")) {
                Document d = new Document(layout, i, q, k, window);
                Tensor[] result = Torch.flash(d.heads(q), d.shared(k), d.shared(v), d.mask, d.scale);
                d.rows(output).copy_(result[0].squeeze(0).transpose(0, 1));
                statistics.narrow(1, d.start, d.length).copy_(result[1].view(q.size(1), d.length));
            }
        }
        return new Result(output, statistics);
    }

    @Override
    public Inputs backward(Tensor gradient, Inputs in, Result saved, AttentionLayout layout, int window) {
        Tensor dq = Torch.empty(DType.of(in.q()), Torch.device(in.q()), in.q().shape());
        Tensor dk = Torch.empty(DType.of(in.k()), Torch.device(in.k()), in.k().shape());
        Tensor dv = Torch.empty(DType.of(in.v()), Torch.device(in.v()), in.v().shape());
        for (int i = 0; i < layout.documents(); i++) {
            try (Scope scope = Scope.open("fused attention backward")) {
                Document d = new Document(layout, i, in.q(), in.k(), window);
                Tensor[] inputs = {d.heads(in.q()), d.shared(in.k()), d.shared(in.v())};
                Tensor lse = saved.statistics().narrow(1, d.start, d.length).contiguous().unsqueeze(0);
                Tensor[] outputs = {d.heads(saved.output()), lse};
                Tensor[] grads = Torch.flashBackward(d.heads(gradient), inputs, outputs, d.mask, d.scale);
                d.rows(dq).copy_(grads[0].squeeze(0).transpose(0, 1));
                d.gather(grads[1], dk);
                d.gather(grads[2], dv);
            }
        }
        return new Inputs(dq, dk, dv);
    }

    /** Views of one document in the layouts of the fused operator. */
    private static final class Document {
        final int start;
        final int length;
        final long keyValueHeads;
        final long group;
        final double scale;
        final @Nullable Tensor mask;

        Document(AttentionLayout layout, int number, Tensor q, Tensor k, int window) {
            start = layout.starts()[number];
            length = layout.lengths()[number];
            keyValueHeads = k.size(1);
            group = q.size(1) / keyValueHeads;
            scale = 1 / Math.sqrt(q.size(2));
            mask = window > 0 && window < length ? ChunkedAttention.bandMask(q, length, window) : null;
        }

        /** {@code [length, heads, dim]} of a ragged tensor. */
        Tensor rows(Tensor ragged) {
            return ragged.narrow(0, start, length);
        }

        /** {@code [1, heads, length, dim]}, a view. */
        Tensor heads(Tensor ragged) {
            return rows(ragged).transpose(0, 1).unsqueeze(0);
        }

        /** Keys or values, each head repeated for the query heads that share it. */
        Tensor shared(Tensor ragged) {
            if (group == 1) {
                return heads(ragged);
            }
            long dim = ragged.size(2);
            return rows(ragged)
                    .transpose(0, 1)
                    .unsqueeze(1)
                    .expand(keyValueHeads, group, length, dim)
                    .reshape(1, keyValueHeads * group, length, dim);
        }

        /** Sums gradients of repeated heads into the ragged gradient. */
        void gather(Tensor perQueryHead, Tensor ragged) {
            Tensor grouped = perQueryHead.view(keyValueHeads, group, length, perQueryHead.size(3));
            Tensor summed = group == 1 ? grouped.squeeze(1) : grouped.sum(1);
            rows(ragged).copy_(summed.transpose(0, 1));
        }
    }
}
