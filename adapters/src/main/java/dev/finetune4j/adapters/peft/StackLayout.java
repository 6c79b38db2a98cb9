package dev.finetune4j.adapters.peft;

import dev.finetune4j.core.error.WeightException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;

/**
 * Which dimension of a tensor {@code [count, n, m]} of stacked experts the factor A runs along. PEFT does not ask which of
 * the two the experts multiply with; its versions differ.
 */
public enum StackLayout {
    /** A is {@code [rank · count, n]} and B {@code [m, rank · count]}: PEFT 0.17 and 0.18, and for gpt-oss all later ones. */
    FIRST,
    /** A is {@code [rank · count, m]} and B {@code [n, rank · count]}: later ones, but for gpt-oss. */
    LAST;

    /** What is written. */
    public static final StackLayout WRITTEN = FIRST;

    /**
     * A tensor of stacked experts, as far as it tells.
     *
     * @param loraA name of its A
     * @param first size of its second dimension
     * @param last size of its third
     */
    record Sides(String loraA, long first, long last) {}

    /**
     * The layout of a file, known from the first tensor that is not square; one version wrote all of them.
     *
     * @param version which PEFT wrote it; empty for those before 0.18, and for files from here
     * @throws WeightException where all are square and a later PEFT wrote the file, so that nothing tells
     */
    static StackLayout of(Path file, Collection<Sides> stacks, Map<String, long[]> shapes, String version) {
        for (Sides stack : stacks) {
            long[] a = shapes.get(stack.loraA);
            if (a == null || a.length != 2 || stack.first == stack.last) {
                continue;
            }
            if (a[1] == stack.first || a[1] == stack.last) {
                return a[1] == stack.first ? FIRST : LAST;
            }
        }
        boolean square = !stacks.isEmpty() && stacks.stream().allMatch(stack -> stack.first == stack.last);
        if (square && !version.isEmpty() && !version.startsWith("0.18.")) {
            throw new WeightException(
                    file + ": the adapter's factors of stacked experts are square, so their order, which"
                            + " differs between versions of PEFT, cannot be told. Merge the adapter into its base model with PEFT"
                            + " and start from the merged model.");
        }
        return WRITTEN;
    }
}
