package dev.finetune4j.core.model.attention;

import dev.finetune4j.core.model.Tape;
import dev.finetune4j.core.model.attention.RotaryEmbedding.Angles;
import dev.finetune4j.core.model.config.AttentionConfig.Span;
import dev.finetune4j.core.model.layers.Norm;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Torch;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What happens to queries, or to keys, between their projection and the kernel: a norm, a bound on their values, the rotation,
 * and for some families the norm after it. A pair; its parts are left out where a family has none.
 *
 * @param name prefix of what goes on the tape
 * @param norm null for none
 * @param span what the norm runs over
 * @param normLast whether it comes after the rotation
 * @param clip bound on absolute values; 0 for none
 */
record HeadPosition(String name, @Nullable Norm norm, Span span, boolean normLast, double clip) {

    /**
     * @param heads {@code [tokens, heads, headDim]}; changed in place unless a norm makes it anew
     * @param angles null for no rotation
     */
    Tensor forward(Tensor heads, @Nullable Angles angles, Tape tape) {
        Tensor x = normLast ? heads : normed(heads, tape);
        if (clip > 0) {
            tape.putWide(name + ".inside", x.abs().le(Torch.scalar(clip)));
            x.clamp_(new ScalarOptional(Torch.scalar(-clip)), new ScalarOptional(Torch.scalar(clip)));
        }
        if (angles != null) {
            RotaryEmbedding.rotate(x, angles);
        }
        return normLast ? normed(x, tape) : x;
    }

    private Tensor normed(Tensor x, Tape tape) {
        if (norm == null) {
            return x;
        }
        tape.putWide(name + ".input", x);
        return norm.forward(spanned(x), DType.of(x)).view(x.shape());
    }

    /** Gradient of {@link #forward}, in place. */
    void backward(Tensor gradient, @Nullable Angles angles, Tape tape) {
        if (normLast) {
            normedBackward(gradient, tape);
        }
        if (angles != null) {
            RotaryEmbedding.rotateBack(gradient, angles);
        }
        if (clip > 0) {
            gradient.mul_(tape.get(name + ".inside"));
        }
        if (!normLast) {
            normedBackward(gradient, tape);
        }
    }

    private void normedBackward(Tensor gradient, Tape tape) {
        if (norm != null) {
            Tensor dx = norm.backward(spanned(gradient), spanned(tape.get(name + ".input")));
            gradient.copy_(dx.view(gradient.shape()));
        }
    }

    private Tensor spanned(Tensor heads) {
        return span == Span.ALL ? heads.reshape(heads.size(0), -1) : heads;
    }
}
