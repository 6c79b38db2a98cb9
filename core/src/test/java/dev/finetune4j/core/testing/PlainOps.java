package dev.finetune4j.core.testing;

import dev.finetune4j.core.model.AttentionLayout;
import dev.finetune4j.core.model.attention.RotaryEmbedding.Angles;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Torch;
import java.util.List;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** The equations of the layers in plain differentiable operators, written for clarity only: the oracle of the pairs. */
public final class PlainOps {
    private PlainOps() {}

    public static Tensor linear(Tensor x, Tensor w) {
        return torch.matmul(x, w.t());
    }

    public static Tensor rmsNorm(Tensor x, Tensor weight, double epsilon) {
        Tensor mean = x.mul(x).mean(new long[] {-1}, true, new ScalarTypeOptional());
        return x.mul(mean.add(Torch.scalar(epsilon)).rsqrt()).mul(weight);
    }

    /** {@code x cos + [−b, a] sin} for the halves a and b of each head. */
    public static Tensor rotate(Tensor x, Angles angles) {
        long half = x.size(2) / 2;
        Tensor turned = torch.cat(new TensorVector(x.narrow(2, half, half).neg(), x.narrow(2, 0, half)), 2);
        return x.mul(twice(angles.cos())).add(turned.mul(twice(angles.sin())));
    }

    private static Tensor twice(Tensor half) {
        return torch.cat(new TensorVector(half, half), 2);
    }

    /**
     * Attention over the whole batch at once under a mask that lets a token see those of its own document, before it and
     * inside the window.
     *
     * @param qkv {@code [tokens, heads, headDim]}, keys and values with fewer heads
     */
    public static Tensor attention(List<Tensor> qkv, AttentionLayout layout, int window) {
        return torch.softmax(scores(qkv.get(0), qkv.get(1), layout, window), -1)
                .bmm(heads(qkv.get(2), qkv.get(0).size(1)))
                .transpose(0, 1);
    }

    /** Masked scores {@code [heads, tokens, tokens]}. */
    public static Tensor scores(Tensor q, Tensor k, AttentionLayout layout, int window) {
        Tensor raw = q.transpose(0, 1).bmm(heads(k, q.size(1)).transpose(1, 2));
        return raw.div(Torch.scalar(Math.sqrt(q.size(2)))).add(Torch.to(mask(layout, window), DType.of(q)));
    }

    private static Tensor heads(Tensor keys, long heads) {
        return keys.repeat_interleave(heads / keys.size(1), new LongOptional(1), new LongOptional())
                .transpose(0, 1);
    }

    private static Tensor mask(AttentionLayout layout, int window) {
        int tokens = layout.tokens();
        float[] mask = new float[tokens * tokens];
        java.util.Arrays.fill(mask, Float.NEGATIVE_INFINITY);
        for (int document = 0; document < layout.documents(); document++) {
            int start = layout.starts()[document];
            for (int query = start; query < start + layout.lengths()[document]; query++) {
                int first = window > 0 ? Math.max(start, query - window + 1) : start;
                java.util.Arrays.fill(mask, query * tokens + first, query * tokens + query + 1, 0);
            }
        }
        return Torch.floats(mask, Device.CPU).view(tokens, tokens);
    }

    /** Rows of documents of these lengths, one document a row. */
    public static AttentionLayout layout(int... lengths) {
        int[] starts = new int[lengths.length];
        int tokens = 0;
        for (int i = 0; i < lengths.length; i++) {
            starts[i] = tokens;
            tokens += lengths[i];
        }
        int[] positions = new int[tokens];
        for (int i = 0; i < lengths.length; i++) {
            for (int t = 0; t < lengths[i]; t++) {
                positions[starts[i] + t] = t;
            }
        }
        return new AttentionLayout(starts, lengths, positions, lengths);
    }
}
