package dev.finetune4j.core.model.linear;

import dev.finetune4j.core.model.Tape;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.weights.Parameter;
import dev.finetune4j.core.weights.Weight;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * {@code y = xWᵀ + b}, a linear map with two slots: how W is stored, and what is learned on top of it.
 *
 * <p>Gradients: {@code dx = dy W}, {@code dW = dyᵀ x}, {@code db = Σ dy} over tokens.
 */
public final class Linear {
    private final String name;
    private Weight weight;
    private final @Nullable Parameter bias;
    private @Nullable LinearAdapter adapter;
    private boolean adapterOn = true;

    /**
     * @param name Hugging Face name of the module, such as {@code model.layers.0.self_attn.q_proj}
     */
    public Linear(String name, Weight weight, @Nullable Parameter bias) {
        this.name = name;
        this.weight = weight;
        this.bias = bias;
    }

    /**
     * Several maps of one input as one, their outputs side by side; in the caller's scope, for the moment.
     *
     * @return null where they must run one by one: matrices that do not lie end to end, or adapters that know no joint form
     */
    public static @Nullable Linear joined(List<Linear> maps, Tape tape) {
        Weight weight = JoinedWeight.of(maps);
        if (weight == null) {
            return null;
        }
        StringBuilder name = new StringBuilder(maps.get(0).name);
        maps.subList(1, maps.size()).forEach(map -> name.append('+').append(map.shortName()));
        Linear joint = new Linear(name.toString(), weight, null);
        for (Linear map : maps) {
            LinearAdapter active = map.activeAdapter();
            if (active != null) {
                joint.adapter = active.join(maps, tape);
                return joint.adapter == null ? null : joint;
            }
        }
        return joint;
    }

    /**
     * @param x {@code [tokens, in]} in the product dtype
     * @return {@code [tokens, out]}, likewise; owned by the caller's scope
     */
    public Tensor forward(Tensor x, Tape tape) {
        LinearAdapter active = activeAdapter();
        return active == null ? plain(x) : active.forward(x, this, tape);
    }

    /**
     * Input gradient; adds to the gradients of whatever is trainable here.
     *
     * @param dy {@code [tokens, out]}
     * @param x the input of forward, which may be null unless {@link #needsInput}
     */
    public Tensor backward(Tensor dy, @Nullable Tensor x, Tape tape) {
        LinearAdapter active = activeAdapter();
        return active == null ? plainBackward(dy, x) : active.backward(dy, x, this, tape);
    }

    /** The map without its adapter. */
    public Tensor plain(Tensor x) {
        return plain(x, null);
    }

    /** The map without its adapter, plus {@code [tokens, out]}: what an adapter adds costs no pass of its own. */
    public Tensor plain(Tensor x, @Nullable Tensor plus) {
        return weight.multiply(x, bias == null ? null : bias.value(), plus);
    }

    /** The map without its adapter but with {@code b a} added to its matrix; {@code [out, rank]} and {@code [rank, in]}. */
    public Tensor updated(Tensor x, Tensor b, Tensor a) {
        return weight.multiplyUpdated(x, bias == null ? null : bias.value(), b, a);
    }

    /** Gradient of {@link #plain}. */
    public Tensor plainBackward(Tensor dy, @Nullable Tensor x) {
        return plainBackward(dy, x, null);
    }

    /** Gradient of {@link #plain}, plus {@code [tokens, in]}. */
    public Tensor plainBackward(Tensor dy, @Nullable Tensor x, @Nullable Tensor plus) {
        if (weight.trains()) {
            weight.accumulate(dy, java.util.Objects.requireNonNull(x));
        }
        if (bias != null && bias.trainable()) {
            try (Scope scope = Scope.open("bias gradient")) {
                bias.accumulate(Torch.to(dy, bias.gradientDType()).sum(0));
            }
        }
        return weight.multiplyTransposed(dy, plus);
    }

    /** Whether {@link #backward} reads the input. */
    public boolean needsInput() {
        LinearAdapter active = activeAdapter();
        return weight.trains() || (active != null && active.needsInput());
    }

    public String name() {
        return name;
    }

    /** Width of the result. */
    public long out() {
        return weight.out();
    }

    /** Width of the input. */
    public long in() {
        return weight.in();
    }

    /** Last part of the name, such as {@code q_proj}. */
    public String shortName() {
        return name.substring(name.lastIndexOf('.') + 1);
    }

    public Weight weight() {
        return weight;
    }

    /** Replaces the stored matrix by another of the same shape. */
    public void weight(Weight newWeight) {
        weight = newWeight;
    }

    public @Nullable Parameter bias() {
        return bias;
    }

    public @Nullable LinearAdapter adapter() {
        return adapter;
    }

    /** Fills the slot; null empties it. */
    public void adapter(@Nullable LinearAdapter newAdapter) {
        adapter = newAdapter;
    }

    /** Switches the adapter off and on without taking it out: off is the frozen base. */
    public void adapterOn(boolean on) {
        adapterOn = on;
    }

    /** The adapter if there is one and it is on. */
    public @Nullable LinearAdapter activeAdapter() {
        return adapterOn ? adapter : null;
    }

    /** Parameters of the map itself, adapter not included. */
    public List<Parameter> parameters() {
        List<Parameter> own = new ArrayList<>();
        Parameter matrix = weight.parameter();
        if (matrix != null) {
            own.add(matrix);
        }
        if (bias != null) {
            own.add(bias);
        }
        return own;
    }
}
