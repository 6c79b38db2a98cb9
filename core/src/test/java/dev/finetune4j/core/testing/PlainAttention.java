package dev.finetune4j.core.testing;

import dev.finetune4j.core.model.AttentionLayout;
import dev.finetune4j.core.model.attention.AttentionRule;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Torch;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Attention under a rule in plain differentiable operators over the whole batch at once: the oracle of the kernels. Its list
 * of inputs is q {@code [tokens, heads, headDim]}, k and v with fewer heads and, where the rule has sinks, their values.
 */
public final class PlainAttention {
    private PlainAttention() {}

    /** {@code [tokens, heads, valueDim]}. */
    public static Tensor output(List<Tensor> inputs, AttentionLayout layout, AttentionRule rule) {
        Tensor scores = scores(inputs, layout, rule);
        return torch.softmax(scores, -1)
                .narrow(2, 0, layout.tokens())
                .bmm(heads(inputs.get(2), inputs.get(0).size(1)))
                .transpose(0, 1);
    }

    /** Log of the softmax denominators, {@code [heads, tokens]}. */
    public static Tensor statistics(List<Tensor> inputs, AttentionLayout layout, AttentionRule rule) {
        return torch.logsumexp(scores(inputs, layout, rule), -1);
    }

    /** {@code [heads, tokens, tokens]}, with sinks one column more. */
    private static Tensor scores(List<Tensor> inputs, AttentionLayout layout, AttentionRule rule) {
        Tensor q = inputs.get(0);
        Tensor scores = q.transpose(0, 1)
                .bmm(heads(inputs.get(1), q.size(1)).transpose(1, 2))
                .mul(Torch.scalar(rule.scale()));
        if (rule.softCap() > 0) {
            scores = scores.div(Torch.scalar(rule.softCap())).tanh().mul(Torch.scalar(rule.softCap()));
        }
        if (rule.slopes() != null) {
            scores = scores.add(Torch.to(biases(layout.tokens(), rule.slopes()), DType.of(q)));
        }
        scores = scores.add(Torch.to(mask(layout, rule), DType.of(q)));
        if (rule.sinks() == null) {
            return scores;
        }
        Tensor sinks = inputs.get(3).view(-1, 1, 1).expand(q.size(1), q.size(0), 1);
        return torch.cat(new TensorVector(scores, sinks), 2);
    }

    private static Tensor heads(Tensor keys, long heads) {
        return keys.repeat_interleave(heads / keys.size(1), new LongOptional(1), new LongOptional())
                .transpose(0, 1);
    }

    private static Tensor biases(int tokens, double[] slopes) {
        float[] biases = new float[slopes.length * tokens * tokens];
        for (int i = 0; i < biases.length; i++) {
            int query = i / tokens % tokens;
            int key = i % tokens;
            biases[i] = (float) (slopes[i / tokens / tokens] * (key - query));
        }
        return Torch.floats(biases, Device.CPU).view(slopes.length, tokens, tokens);
    }

    private static Tensor mask(AttentionLayout layout, AttentionRule rule) {
        int tokens = layout.tokens();
        float[] mask = new float[tokens * tokens];
        Arrays.fill(mask, Float.NEGATIVE_INFINITY);
        for (int document = 0; document < layout.documents(); document++) {
            int start = layout.starts()[document];
            for (int query = 0; query < layout.lengths()[document]; query++) {
                for (int key = 0; key <= query; key++) {
                    if (sees(query, key, rule)) {
                        mask[(start + query) * tokens + start + key] = 0;
                    }
                }
            }
        }
        return Torch.floats(mask, Device.CPU).view(tokens, tokens);
    }

    /** Whether a query sees a key that is not behind it; both counted from the start of the document. */
    private static boolean sees(int query, int key, AttentionRule rule) {
        boolean inWindow = rule.window() == 0 || query - key < rule.window();
        boolean inChunk = rule.chunk() == 0 || query / rule.chunk() == key / rule.chunk();
        return inWindow && inChunk;
    }
}
