package dev.finetune4j.core.model.attention;

import dev.finetune4j.core.model.AttentionLayout;
import dev.finetune4j.core.weights.Parameter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How scores become weights. With s the product of a query and a key times {@code scale}: {@code s = cap · tanh(s / cap)}
 * where there is a cap, less {@code slope · distance} where there are slopes; keys that the query does not see are left out;
 * then a softmax, to whose denominator each head's sink adds {@code exp(sink)}.
 *
 * <p>A slope times the distance and a slope times the key's position differ by a constant of the query, which no softmax
 * without a sink sees. The distance is small where weights are large, and so keeps their digits.
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

    /** Whether scores are scaled products and nothing more, which is all that a fused kernel knows. */
    public boolean isPlain() {
        return softCap == 0 && slopes == null;
    }

    /** Tokens of a batch that see nothing outside: a document, or a piece of one. */
    record Run(int start, int length) {}

    /** Cuts a batch into the runs that can be computed each by itself. */
    List<Run> runs(AttentionLayout layout) {
        List<Run> runs = new ArrayList<>();
        for (int document = 0; document < layout.documents(); document++) {
            int end = layout.starts()[document] + layout.lengths()[document];
            int most = chunk > 0 ? chunk : Math.max(1, layout.lengths()[document]);
            for (int start = layout.starts()[document]; start < end; start += most) {
                runs.add(new Run(start, Math.min(most, end - start)));
            }
        }
        return runs;
    }
}
