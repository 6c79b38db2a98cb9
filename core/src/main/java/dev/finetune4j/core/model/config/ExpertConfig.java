package dev.finetune4j.core.model.config;

import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Mixture of experts: a router chooses a few of many feed-forward layers for each token,
 * {@code y = Σ wₑ · expertₑ(x)} over the chosen, plus the shared ones.
 *
 * @param count experts of a block
 * @param perToken experts chosen for a token
 * @param width inner width of an expert
 * @param router how they are chosen and weighed
 * @param form equation of an expert
 * @param storage how their matrices lie in the checkpoint
 * @param bias whether experts and router have biases
 * @param shared layer that every token passes; null for none
 * @param layers which blocks have experts; the others have the ordinary layer
 * @param balanceCoefficient factor of the load-balancing loss while it is asked for
 * @param names tensors of the checkpoint
 */
public record ExpertConfig(
        int count,
        int perToken,
        int width,
        Router router,
        Form form,
        Storage storage,
        boolean bias,
        @Nullable Shared shared,
        boolean[] layers,
        double balanceCoefficient,
        Names names) {

    /** The same with a layer that every token passes. */
    public ExpertConfig with(Shared layer) {
        return new ExpertConfig(
                count, perToken, width, router, form, storage, bias, layer, layers, balanceCoefficient, names);
    }

    /** The same in another form. */
    public ExpertConfig with(Form equation, Storage matrices, boolean biases) {
        return new ExpertConfig(
                count, perToken, width, router, equation, matrices, biases, shared, layers, balanceCoefficient, names);
    }

    /** The same in some blocks only. */
    public ExpertConfig in(IntPredicate blocks) {
        boolean[] some = new boolean[layers.length];
        for (int i = 0; i < some.length; i++) {
            some[i] = blocks.test(i);
        }
        return new ExpertConfig(
                count, perToken, width, router, form, storage, bias, shared, some, balanceCoefficient, names);
    }

    /**
     * Choice and weights.
     *
     * @param score what is computed of the router's logits
     * @param normalised whether the chosen weights are divided by their sum
     * @param scaling factor on the weights
     * @param groups into how many groups the experts fall; 1 for no grouping
     * @param chosenGroups groups that a token may choose from
     * @param correction whether a stored bias, which never enters the weights, is added for the choice
     * @param jitter tolerance of {@link Score#SPARSE_MIXER}
     */
    public record Router(
            Score score,
            boolean normalised,
            double scaling,
            int groups,
            int chosenGroups,
            boolean correction,
            double jitter) {
        public static Router softmax(boolean normalised) {
            return new Router(Score.SOFTMAX, normalised, 1, 1, 1, false, 0);
        }
    }

    /** What is computed of the router's logits. */
    public enum Score {
        /** Softmax over all; a group counts by its largest. */
        SOFTMAX,
        /** Choice by logits, softmax over the chosen ones. */
        SOFTMAX_OF_CHOSEN,
        /** Sigmoid of each; a group counts by the sum of its two largest. */
        SIGMOID,
        /** Choice by logits; the sigmoid multiplies the expert's input instead of its output (Llama 4). */
        SIGMOID_ON_INPUT,
        /** Two rounds of argmax, each weighed by a softmax over experts near the largest (Phi-3.5-MoE). */
        SPARSE_MIXER
    }

    /** Equation of an expert. */
    public enum Form {
        /** As the ordinary gated layer. */
        GATED,
        /**
         * {@code (up + 1) · gate · σ(1.702 gate)} with gate at most 7 and up between -7 and 7, gate and up in alternating
         * columns (gpt-oss).
         */
        CLAMPED
    }

    /** How the matrices of experts lie in the checkpoint. */
    public enum Storage {
        /** Tensors of its own for each expert, {@code [out, in]}. */
        SEPARATE,
        /** One tensor {@code [count, out, in]} for gate and up, one for down. */
        STACKED,
        /** The same with {@code [count, in, out]}. */
        STACKED_TRANSPOSED
    }

    /**
     * The layer that every token passes.
     *
     * @param width its inner width
     * @param gated whether a sigmoid of a map {@code [1, hidden]} multiplies it
     */
    public record Shared(int width, boolean gated) {}

    /**
     * Names below the block.
     *
     * @param module the whole layer, such as {@code mlp}
     * @param router the router's map, below {@code module}
     * @param correction the router's stored bias, below {@code module}
     * @param experts the experts, below {@code module}; empty where they have no module of their own
     * @param gate an expert's gate; of stacked experts the tensor of gate and up, {@code .weight} included where it has one
     * @param up an expert's up map
     * @param down an expert's down map; of stacked experts the tensor, as {@code gate}
     * @param shared the shared layer, below {@code module}
     * @param sharedGate its gate, below {@code module}
     */
    public record Names(
            String module,
            String router,
            String correction,
            String experts,
            String gate,
            String up,
            String down,
            String shared,
            String sharedGate) {
        /** Names of most families. */
        public static final Names USUAL = new Names(
                "mlp",
                "gate",
                "gate.e_score_correction_bias",
                "experts",
                "gate_proj",
                "up_proj",
                "down_proj",
                "shared_experts",
                "shared_expert_gate");
    }
}
