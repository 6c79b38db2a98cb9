package dev.finetune4j.data.dataset.random;

/** numpy's {@code default_rng(seed).permutation(length)}: from the back, each place swaps with one drawn up to itself. */
public final class NumpyPermutation {
    private NumpyPermutation() {}

    /** @param seed at least 0 */
    public static int[] of(int length, long seed) {
        return of(length, new Pcg64(seed));
    }

    static int[] of(int length, Pcg64 random) {
        int[] order = new int[length];
        for (int i = 0; i < length; i++) {
            order[i] = i;
        }
        for (int i = length - 1; i > 0; i--) {
            int other = random.upTo(i);
            int swapped = order[i];
            order[i] = order[other];
            order[other] = swapped;
        }
        return order;
    }
}
