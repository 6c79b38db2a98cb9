package dev.finetune4j.adapters.lora;

import dev.finetune4j.core.model.Tape;
import dev.finetune4j.core.model.linear.Linear;
import dev.finetune4j.core.model.linear.LinearAdapter;
import dev.finetune4j.core.runtime.DType;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.weights.Parameter;
import java.util.ArrayList;
import java.util.List;
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
        try (Scope scope = Scope.open("lora")) {
            return scope.keep(update(DType.of(x)).forward(x, mask(x, linear, tape), linear, tape));
        }
    }

    @Override
    public Tensor backward(Tensor dy, @Nullable Tensor x, Linear linear, Tape tape) {
        try (Scope scope = Scope.open("lora backward")) {
            return scope.keep(update(DType.of(dy)).backward(dy, x, mask(dy, linear, tape), linear, tape));
        }
    }

    private LowRank update(DType dtype) {
        return new LowRank(List.of(part(0)), width(), dtype);
    }

    private LowRank.Part part(long start) {
        return new LowRank.Part(a, b, scale, start);
    }

    private long width() {
        return b.value().size(0);
    }

    /** Low-rank updates of one input join unless a mask is drawn, since each map has its own. */
    @Override
    public @Nullable LinearAdapter join(List<Linear> maps, Tape tape) {
        List<LowRank.Part> parts = new ArrayList<>();
        List<Parameter> parameters = new ArrayList<>();
        long start = 0;
        for (Linear map : maps) {
            LinearAdapter adapter = map.activeAdapter();
            if (adapter instanceof LoraDelta delta && !delta.drops(tape)) {
                parts.add(delta.part(start));
                parameters.addAll(delta.parameters());
            } else if (adapter != null) {
                return null;
            }
            start += map.out();
        }
        return new Joined(maps, parts, parameters, start);
    }

    private record Joined(List<Linear> maps, List<LowRank.Part> parts, List<Parameter> parameters, long width)
            implements LinearAdapter {
        @Override
        public Tensor forward(Tensor x, Linear linear, Tape tape) {
            try (Scope scope = Scope.open("joint lora")) {
                return scope.keep(new LowRank(parts, width, DType.of(x)).forward(x, null, linear, tape));
            }
        }

        @Override
        public Tensor backward(Tensor dy, @Nullable Tensor x, Linear linear, Tape tape) {
            try (Scope scope = Scope.open("joint lora backward")) {
                return scope.keep(new LowRank(parts, width, DType.of(dy)).backward(dy, x, null, linear, tape));
            }
        }

        @Override
        public boolean needsInput() {
            return true;
        }

        @Override
        public void merge(Linear linear) {
            for (Linear map : maps) {
                LinearAdapter own = map.activeAdapter();
                if (own != null) {
                    own.merge(map);
                }
            }
        }
    }

    /** Factors of this step's dropout for the map's input, or null where nothing is dropped. */
    private @Nullable Tensor mask(Tensor like, Linear linear, Tape tape) {
        return drops(tape)
                ? tape.draws().dropout(linear.name(), dropout, a.shape()[1], DType.of(like), Torch.device(like))
                : null;
    }

    private boolean drops(Tape tape) {
        return dropout > 0 && tape.draws().active();
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
