package dev.finetune4j.core.config.data;

import dev.finetune4j.core.config.declare.Check;
import dev.finetune4j.core.config.declare.Default;
import java.util.List;

/**
 * How several data sets become one, and whether rows are read ahead of training or during it.
 *
 * @param mixStrategy {@code concat} lays the sets end to end; {@code interleave_under} takes rows in turn until one set is
 *     exhausted, {@code interleave_over} until all are, starting exhausted ones over, {@code interleave_once} until every
 *     row was taken once. Default: concat
 * @param interleaveProbs chance of each set to give the next row, in the order of {@code dataset}; drawn with {@code seed}.
 *     Default: none
 * @param streaming read and encode rows while training, in bounded memory; needs {@code max_steps}. Default: false
 * @param bufferSize rows from which a streaming run draws the next one; 1 keeps the order of the files; ≥ 1. Default:
 *     16384
 */
public record MixingArguments(
        @Default("concat") MixStrategy mixStrategy,
        List<String> interleaveProbs,
        @Default("false") boolean streaming,
        @Default("16384") int bufferSize) {
    public MixingArguments {
        interleaveProbs = List.copyOf(interleaveProbs);
        Check check = new Check().atLeast("buffer_size", bufferSize, 1);
        for (String probability : interleaveProbs) {
            check.that(isShare(probability), "interleave_probs", probability, "must hold numbers above 0");
        }
        check.done();
    }

    private static boolean isShare(String text) {
        try {
            double value = Double.parseDouble(text);
            return value > 0 && Double.isFinite(value);
        } catch (NumberFormatException e) {
            return false;
        }
    }

    /** The chances as numbers. */
    public List<Double> probabilities() {
        return interleaveProbs.stream().map(Double::valueOf).toList();
    }
}
