package dev.finetune4j.core.model.attention;

import dev.finetune4j.core.weights.Parameter;
import org.jspecify.annotations.Nullable;

/**
 * How scores become weights. With s the product of a query and a key times {@code scale}: {@code s = cap · tanh(s / cap)}
 * where there is a cap, plus {@code slope · position of the key} where there are slopes; keys that the query does not see are
 * left out; then a softmax, to whose denominator each head's sink adds {@code exp(sink)}.
 *
 * @param scale factor on scores
 * @param window tokens a query sees including itself; 0 for all before it
 * @param chunk a query sees only its own run of this many tokens of its document; 0 for no such border
 * @param softCap 0 for none
 * @param sinks one learned score a head {@code [heads]}; null for none. Backward adds to its gradient if it trains
 * @param slopes one a head; null for none
 */
public record AttentionRule(
        double scale,
        int window,
        int chunk,
        double softCap,
        @Nullable Parameter sinks,
        double @Nullable [] slopes) {

    /** Softmax of scaled scores over the window and nothing else. */
    public static AttentionRule plain(double scale, int window) {
        return new AttentionRule(scale, window, 0, 0, null, null);
    }

    /** Whether a fused kernel, which knows scale and mask only, can do it. */
    public boolean isPlain() {
        return softCap == 0 && sinks == null && slopes == null;
    }
}
