package dev.finetune4j.core.model.attention;

import dev.finetune4j.core.model.AttentionLayout;
import dev.finetune4j.core.model.config.RopeConfig;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;

/**
 * Rotary position embedding (Su et al. 2021): with {@code (a, b)} a pair of a head's elements and θ the angle of a position,
 * {@code a' = a cos θ − b sin θ} and {@code b' = b cos θ + a sin θ}. A pair is an element of the first half of the rotated
 * part and its counterpart in the second, as in most Hugging Face checkpoints, or two neighbours. Elements beyond the rotated
 * part stay as they are.
 *
 * <p>A rotation's gradient is the rotation back; under YaRN both carry its attention factor.
 */
public final class RotaryEmbedding {
    private final RopeConfig config;

    public RotaryEmbedding(RopeConfig config) {
        this.config = config;
    }

    /**
     * Cosines and sines of every token of a batch, made once per walk.
     *
     * @param cos {@code [tokens, 1, dim / 2]}, fp32, dim being the width of the rotated part
     * @param sin likewise
     * @param interleaved whether pairs are neighbours
     */
    public record Angles(Tensor cos, Tensor sin, boolean interleaved) {
        /** The same in another dtype. */
        public Angles to(DType dtype) {
            return new Angles(Torch.to(cos, dtype), Torch.to(sin, dtype), interleaved);
        }
    }

    /** Angles of a batch; owned by the caller's scope. */
    public Angles angles(AttentionLayout layout, Device device) {
        int half = config.dim() / 2;
        float[] cos = new float[layout.tokens() * half];
        float[] sin = new float[cos.length];
        for (int document = 0; document < layout.documents(); document++) {
            fill(layout, document, cos, sin);
        }
        try (Scope scope = Scope.open("angles")) {
            Tensor c = Torch.floats(cos, device).view(layout.tokens(), 1, half);
            Tensor s = Torch.floats(sin, device).view(layout.tokens(), 1, half);
            return new Angles(scope.keep(c), scope.keep(s), config.interleaved());
        }
    }

    private void fill(AttentionLayout layout, int document, float[] cos, float[] sin) {
        int start = layout.starts()[document];
        int end = start + layout.lengths()[document];
        int longest = 0;
        for (int t = start; t < end; t++) {
            longest = Math.max(longest, layout.positions()[t] + 1);
        }
        float[] inverse = config.inverseFrequencies(longest);
        double factor = config.attentionFactor();
        for (int t = start; t < end; t++) {
            for (int i = 0; i < inverse.length; i++) {
                // The angle is rounded to fp32 before cos and sin, as every Python implementation does.
                float angle = layout.positions()[t] * inverse[i];
                cos[t * inverse.length + i] = (float) (Math.cos(angle) * factor);
                sin[t * inverse.length + i] = (float) (Math.sin(angle) * factor);
            }
        }
    }

    /**
     * Rotates in place.
     *
     * @param x {@code [tokens, heads, headDim]}
     */
    public static void rotate(Tensor x, Angles angles) {
        turn(x, angles, 1);
    }

    /** Gradient of {@link #rotate}, in place. */
    public static void rotateBack(Tensor dx, Angles angles) {
        turn(dx, angles, -1);
    }

    private static void turn(Tensor x, Angles angles, double sign) {
        try (Scope scope = Scope.open("rotate")) {
            Angles typed = angles.to(DType.of(x));
            long half = typed.cos.size(2);
            Tensor a = angles.interleaved ? everySecond(x, 0, 2 * half) : x.narrow(2, 0, half);
            Tensor b = angles.interleaved ? everySecond(x, 1, 2 * half) : x.narrow(2, half, half);
            Tensor turned = a.mul(typed.cos).addcmul_(b, typed.sin, Torch.scalar(-sign));
            b.mul_(typed.cos).addcmul_(a, typed.sin, Torch.scalar(sign));
            a.copy_(turned);
        }
    }

    private static Tensor everySecond(Tensor x, long first, long end) {
        return x.slice(2, new LongOptional(first), new LongOptional(end), 2);
    }
}
