package dev.finetune4j.data.dataset.random;

/**
 * numpy's old global generator ({@code numpy.random.seed}), as far as row sampling draws from it. Stateful: what was drawn
 * before changes what comes next.
 */
public final class LegacyNumpyRandom {
    private final MersenneTwister random;

    /** @param seed low 32 bits count */
    public LegacyNumpyRandom(long seed) {
        this.random = new MersenneTwister(seed);
    }

    /**
     * Indices of {@code count} rows out of {@code rows}: the start of a permutation, and where that is too short, more
     * draws with replacement behind it.
     */
    public int[] sample(int rows, int count) {
        int[] order = permutation(rows);
        int[] sample = new int[count];
        for (int i = 0; i < count; i++) {
            sample[i] = i < rows ? order[i] : upTo(rows - 1);
        }
        return sample;
    }

    /** {@code numpy.random.permutation(length)}. */
    int[] permutation(int length) {
        int[] order = new int[length];
        for (int i = 0; i < length; i++) {
            order[i] = i;
        }
        for (int i = length - 1; i > 0; i--) {
            int other = upTo(i);
            int swapped = order[i];
            order[i] = order[other];
            order[other] = swapped;
        }
        return order;
    }

    /** A number from 0 to {@code most}, by throwing away draws above it after masking. */
    private int upTo(int most) {
        if (most == 0) {
            return 0;
        }
        long mask = (Integer.highestOneBit(most) << 1) - 1L;
        long value = random.next() & mask;
        while (value > most) {
            value = random.next() & mask;
        }
        return (int) value;
    }
}
