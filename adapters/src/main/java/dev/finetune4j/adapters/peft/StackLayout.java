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
     * The layout of a file, known from the first tensor that is not square; one version wrote all of them.
     *
     * @throws WeightException where all are square and PEFT wrote the file, so that nothing tells
     */
    static StackLayout of(Path file, Collection<ExpertStack> stacks, Map<String, long[]> shapes, boolean foreign) {
        for (ExpertStack stack : stacks) {
            long[] a = shapes.get(stack.loraA());
            long n = stack.size(FIRST);
            long m = stack.size(LAST);
            if (a != null && a.length == 2 && n != m && (a[1] == n || a[1] == m)) {
                return a[1] == n ? FIRST : LAST;
            }
        }
        boolean square = !stacks.isEmpty() && stacks.stream().allMatch(stack -> stack.size(FIRST) == stack.size(LAST));
        if (square && foreign) {
            throw new WeightException(file + ": the adapter's factors of stacked experts are square, so their order, which"
                    + " differs between versions of PEFT, cannot be told. Merge the adapter into its base model with PEFT"
                    + " and start from the merged model.");
        }
        return WRITTEN;
    }
}
