package dev.finetune4j.adapters.lora;

import dev.finetune4j.core.model.Tape;
import dev.finetune4j.core.model.linear.Linear;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.weights.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The arithmetic of low-rank updates, of one map or of several with a common input at once. Then A is the maps' factors end
 * to end, {@code [Σ rank, in]}, and B has theirs on its block diagonal, {@code [Σ out, Σ rank]}, scaled already. Made for one
 * forward or backward pass.
 */
final class LowRank {
    private final List<Part> parts;
    private final Tensor a;
    private final Tensor b;

    /**
     * The update of one map.
     *
     * @param a {@code [rank, in]}
     * @param b {@code [out, rank]}
     * @param scale s
     * @param start column of the joint output where the map's own begins
     */
    record Part(Parameter a, Parameter b, double scale, long start) {
        /** {@code s · B}, rounded once. */
        private Tensor scaledB(DType dtype) {
            return Torch.to(b.value().mul(Torch.scalar(scale)), dtype);
        }

        private long rank() {
            return a.value().size(0);
        }

        private long width() {
            return b.value().size(0);
        }
    }

    /**
     * @param parts at least one; a map without an update has none
     * @param width of the joint output
     * @param dtype in which to multiply
     */
    LowRank(List<Part> parts, long width, DType dtype) {
        this.parts = parts;
        Part first = parts.get(0);
        if (first.width() == width) {
            a = Torch.to(first.a.value(), dtype);
            b = first.scaledB(dtype);
        } else {
            a = stacked(parts, dtype);
            b = blockDiagonal(parts, width, dtype);
        }
    }

    private static Tensor stacked(List<Part> parts, DType dtype) {
        List<Tensor> factors = new ArrayList<>();
        parts.forEach(part -> factors.add(Torch.to(part.a.value(), dtype)));
        return Torch.cat(factors);
    }

    private static Tensor blockDiagonal(List<Part> parts, long width, DType dtype) {
        long ranks = parts.stream().mapToLong(Part::rank).sum();
        Tensor b = Torch.zeros(dtype, Torch.device(parts.get(0).b.value()), width, ranks);
        long rank = 0;
        for (Part part : parts) {
            block(b, part, rank).copy_(part.scaledB(dtype));
            rank += part.rank();
        }
        return b;
    }

    private static Tensor block(Tensor b, Part part, long rank) {
        return b.narrow(0, part.start, part.width()).narrow(1, rank, part.rank());
    }

    /**
     * The adapted map's output; in the caller's scope.
     *
     * @param mask factors of dropout on the input, overwritten; null without
     */
    Tensor forward(Tensor x, @Nullable Tensor mask, Linear linear, Tape tape) {
        if (mask == null && updatesMatrix(x)) {
            return linear.updated(x, b, a);
        }
        Tensor h = Torch.product(mask == null ? x : mask.mul_(x), a, null);
        tape.put(key(linear), h);
        return linear.plain(x, Torch.product(h, b, null));
    }

    /**
     * With many tokens it is less work to add {@code B A} to the matrix, which is read and written once more, than to every
     * token's output, which is written and read once more. Even at half as many tokens as the matrix has columns the two take
     * the same time, and the sum needs no memory of the output's size. Not in bf16, where a small update would drown in the
     * matrix's rounding.
     */
    private static boolean updatesMatrix(Tensor x) {
        DType dtype = DType.of(x);
        return 2 * x.size(0) > x.size(1) && (dtype == DType.FLOAT32 || dtype == DType.FLOAT64);
    }

    /**
     * The adapted map's input gradient, in the caller's scope; adds to the gradients of the factors.
     *
     * @param mask as in forward, overwritten
     */
    Tensor backward(Tensor dy, @Nullable Tensor x, @Nullable Tensor mask, Linear linear, Tape tape) {
        Tensor input = Objects.requireNonNull(x);
        Tensor g = Torch.product(dy, b.t(), null);
        Tensor back = Torch.product(g, a.t(), null);
        Tensor dx = linear.plainBackward(dy, x, mask == null ? back : back.mul_(mask));
        // The mask is not needed any more, so the dropped input takes its memory.
        Tensor dropped = mask == null ? input : mask.mul_(input);
        Tensor h = tape.find(key(linear));
        // Not there where the matrix was updated, or a replay left the map out; one thin product gives the same
        // numbers.
        accumulate(g, dropped, dy, h == null ? Torch.product(dropped, a, null) : h);
        return dx;
    }

    /** {@code dA = gᵀ x̃} and {@code dB = s · dyᵀ h}; both with the thin factor on the left, so that nothing wide is copied. */
    private void accumulate(Tensor g, Tensor dropped, Tensor dy, Tensor h) {
        Tensor dA = Torch.product(g.t(), dropped.t(), null);
        Tensor transposedDB = Torch.product(h.t(), dy.t(), null);
        long rank = 0;
        for (Part part : parts) {
            if (part.a.trainable()) {
                part.a.accumulate(Torch.copy(dA.narrow(0, rank, part.rank()), part.a.gradientDType()));
            }
            if (part.b.trainable()) {
                Tensor dB = block(transposedDB.t(), part, rank);
                part.b.accumulate(Torch.copy(dB, part.b.gradientDType()).mul_(Torch.scalar(part.scale)));
            }
            rank += part.rank();
        }
    }

    private static String key(Linear linear) {
        return linear.name() + ".lora";
    }
}
