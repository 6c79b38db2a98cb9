package dev.finetune4j.core.model.layers;

import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import java.util.Locale;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/** An elementwise function of a feed-forward layer and its derivative. Confined to nothing: it has no state. */
public enum Activation {
    /** {@code x σ(x)}. */
    SILU {
        @Override
        public Tensor forward(Tensor x, Tensor into) {
            return torch.silu_out(into, x);
        }

        @Override
        public Tensor backward(Tensor dy, Tensor x, Tensor into) {
            return torch.silu_backward_out(into, dy, x);
        }
    },
    /** {@code x Φ(x)}, with the error function. */
    GELU {
        @Override
        public Tensor forward(Tensor x, Tensor into) {
            return torch.gelu_out(into, x, "none");
        }

        @Override
        public Tensor backward(Tensor dy, Tensor x, Tensor into) {
            return torch.gelu_backward_out(into, dy, x, "none");
        }
    },
    /** {@code x Φ(x)} with its approximation by a hyperbolic tangent. */
    GELU_TANH {
        @Override
        public Tensor forward(Tensor x, Tensor into) {
            return torch.gelu_out(into, x, "tanh");
        }

        @Override
        public Tensor backward(Tensor dy, Tensor x, Tensor into) {
            return torch.gelu_backward_out(into, dy, x, "tanh");
        }
    },
    /** {@code x σ(1.702 x)}. */
    QUICK_GELU {
        @Override
        public Tensor forward(Tensor x, Tensor into) {
            try (Scope scope = Scope.open("quick gelu")) {
                return torch.mul_out(into, x, x.mul(Torch.scalar(1.702)).sigmoid_());
            }
        }

        @Override
        public Tensor backward(Tensor dy, Tensor x, Tensor into) {
            try (Scope scope = Scope.open("quick gelu backward")) {
                // d/dx x σ(cx) = σ + c x σ (1 − σ)
                Tensor s = x.mul(Torch.scalar(1.702)).sigmoid_();
                Tensor slope = s.mul(s)
                        .neg_()
                        .add_(s)
                        .mul_(x)
                        .mul_(Torch.scalar(1.702))
                        .add_(s);
                return torch.mul_out(into, slope, dy);
            }
        }
    },
    /** {@code max(x, 0)}. */
    RELU {
        @Override
        public Tensor forward(Tensor x, Tensor into) {
            return into.copy_(x).relu_();
        }

        @Override
        public Tensor backward(Tensor dy, Tensor x, Tensor into) {
            return torch.threshold_backward_out(into, dy, x, Torch.scalar(0));
        }
    },
    /** {@code max(x, 0)²}. */
    RELU_SQUARED {
        @Override
        public Tensor forward(Tensor x, Tensor into) {
            into.copy_(x).relu_();
            return into.mul_(into);
        }

        @Override
        public Tensor backward(Tensor dy, Tensor x, Tensor into) {
            try (Scope scope = Scope.open("squared relu backward")) {
                return torch.mul_out(into, x.relu().mul_(Torch.scalar(2)), dy);
            }
        }
    };

    /** The activation that config files call so; null for one that is not here. */
    public static @Nullable Activation named(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "silu", "swish" -> SILU;
            case "gelu" -> GELU;
            case "gelu_pytorch_tanh", "gelu_new", "gelu_fast", "gelu_tanh" -> GELU_TANH;
            case "quick_gelu" -> QUICK_GELU;
            case "relu" -> RELU;
            case "relu2" -> RELU_SQUARED;
            default -> null;
        };
    }

    /**
     * @param into shape and dtype of {@code x}; may not be {@code x} itself
     * @return {@code into}
     */
    public abstract Tensor forward(Tensor x, Tensor into);

    /**
     * {@code dy · f'(x)}.
     *
     * @param into shape and dtype of {@code x}; may be {@code dy} itself
     * @return {@code into}
     */
    public abstract Tensor backward(Tensor dy, Tensor x, Tensor into);
}
