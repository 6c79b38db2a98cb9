package dev.finetune4j.core.model.config;

/**
 * The feed-forward layer of blocks without experts, and the kind of every expert.
 *
 * @param kind its equation and how its maps lie in the checkpoint
 * @param activation its activation, under the name that config files use
 * @param width inner width
 * @param bias whether its maps have biases
 */
public record FeedForwardConfig(Kind kind, String activation, int width, boolean bias) {
    /** Equation and layout. */
    public enum Kind {
        /** {@code down(act(gate x) · up x)}, a map each. */
        GATED,
        /** The same with gate and up as the halves of one map. */
        GATED_FUSED,
        /** {@code down(act(up x))}. */
        PLAIN
    }
}
