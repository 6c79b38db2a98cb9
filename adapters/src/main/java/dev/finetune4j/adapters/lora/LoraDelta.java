package dev.finetune4j.adapters.lora;

import dev.finetune4j.core.model.Linear;
import dev.finetune4j.core.model.LinearAdapter;
import dev.finetune4j.core.model.Tape;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.weights.Parameter;
import java.util.List;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Adds a low-rank update to a frozen linear map: {@code y = xWᵀ + b + s · (drop(x)Aᵀ)Bᵀ}.
 *
 * <p>{@code W} may be stored in any format; it is read, never written, until {@link #merge}. The factors are kept in the
 * dtype they train in and cast to the dtype of {@code x} where they are used.
 *
 * <ul>
 *   <li>{@code A}: {@code [rank, in]}
 *   <li>{@code B}: {@code [out, rank]}
 *   <li>{@code s}: {@code alpha / rank}, or {@code alpha / √rank} with rank stabilisation
 * </ul>
 *
 * <p>Gradients, with {@code x̃ = drop(x)}, {@code h = x̃Aᵀ} and {@code g = s · dy B}: {@code dA = gᵀx̃}, {@code dB = s · dyᵀh},
 * {@code dx = dy W + drop(g A)}. On the tape: {@code h}, {@code [tokens, rank]}; the mask is drawn again.
 *
 * @see <a href="https://arxiv.org/abs/2106.09685">Hu et al. 2021, section 4.1</a>
 */
public final class LoraDelta implements LinearAdapter {
    private final Parameter a;
    private final Parameter b;
    private final double scale;
    private final double dropout;

    /**
     * @param a {@code [rank, in]}, {@code b} {@code [out, rank]}
     * @param scale s
     * @param dropout drop probability on the input, in [0, 1)
     */
    public LoraDelta(Parameter a, Parameter b, double scale, double dropout) {
        this.a = a;
        this.b = b;
        this.scale = scale;
        this.dropout = dropout;
    }

    @Override
    public Tensor forward(Tensor x, Linear linear, Tape tape) {
        Tensor y = linear.plain(x);
        try (Scope scope = Scope.open("lora")) {
            DType dtype = DType.of(x);
            Tensor mask = mask(x, linear, tape);
            Tensor h = Torch.product(mask == null ? x : mask.mul_(x), Torch.to(a.value(), dtype), null);
            tape.put(key(linear), h);
            Torch.addProduct(y, h, Torch.to(b.value(), dtype), scale);
        }
        return y;
    }

    @Override
    public Tensor backward(Tensor dy, @Nullable Tensor x, Linear linear, Tape tape) {
        try (Scope scope = Scope.open("lora backward")) {
            DType dtype = DType.of(dy);
            Tensor down = Torch.to(a.value(), dtype);
            // The thin products come first: they read dy while it is in the cache, and the wide one drives it out.
            Tensor g = Torch.product(dy, Torch.to(b.value(), dtype).t(), null).mul_(Torch.scalar(scale));
            Tensor mask = mask(dy, linear, tape);
            Tensor input = Objects.requireNonNull(x);
            Tensor dropped = mask == null ? input : input.mul(mask);
            if (b.trainable()) {
                Tensor h = tape.find(key(linear));
                // A replay leaves the last map of a block out; one thin product brings the same numbers back.
                accumulateB(dy, h == null ? Torch.product(dropped, down, null) : h);
            }
            if (a.trainable()) {
                a.accumulate(Torch.product(g.t(), dropped.t(), null));
            }
            Tensor dx = linear.plainBackward(dy, x);
            if (mask == null) {
                Torch.addProduct(dx, g, down.t(), 1);
            } else {
                dx.addcmul_(Torch.product(g, down.t(), null), mask, Torch.scalar(1));
            }
            return scope.keep(dx);
        }
    }

    /** Computed transposed: with the thin factor on the left nothing wide is copied. */
    private void accumulateB(Tensor dy, Tensor h) {
        Tensor transposed = Torch.product(h.t(), dy.t(), null);
        b.accumulate(Torch.copy(transposed.t(), b.gradientDType()).mul_(Torch.scalar(scale)));
    }

    /** Factors of this step's dropout for the map's input, or null where nothing is dropped. */
    private @Nullable Tensor mask(Tensor like, Linear linear, Tape tape) {
        if (dropout == 0 || !tape.draws().active()) {
            return null;
        }
        return tape.draws().dropout(linear.name(), dropout, a.shape()[1], DType.of(like), Torch.device(like));
    }

    private static String key(Linear linear) {
        return linear.name() + ".lora";
    }

    @Override
    public boolean needsInput() {
        return true;
    }

    /** Adds {@code s · B A}, computed in fp32, to the stored matrix. */
    @Override
    public void merge(Linear linear) {
        try (Scope scope = Scope.open("merge " + linear.name())) {
            DType wide = a.gradientDType();
            Tensor delta = Torch.to(b.value(), wide).mm(Torch.to(a.value(), wide));
            linear.weight().plus(delta.mul_(Torch.scalar(scale)));
        }
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(a, b);
    }
}
