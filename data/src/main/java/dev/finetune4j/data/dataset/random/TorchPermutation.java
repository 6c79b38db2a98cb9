package dev.finetune4j.data.dataset.random;

/**
 * torch's {@code randperm} on the CPU: from the front, each place swaps with one drawn from itself to the end. Holds for
 * lengths up to 2³² / 20; beyond that torch draws 64 bits a place, which no {@code int} index reaches in practice.
 */
public final class TorchPermutation {
    private static final long LARGEST = (1L << 32) / 20;

    private TorchPermutation() {}

    /**
     * The order that {@code torch.randperm(length, generator=…)} gives for a generator freshly seeded.
     *
     * @param seed what {@code manual_seed} gets; torch's CPU generator uses its low 32 bits
     */
    public static int[] of(int length, long seed) {
        if (length >= LARGEST) {
            throw new IllegalArgumentException("torch orders " + length + " elements by another method");
        }
        MersenneTwister random = new MersenneTwister(seed);
        int[] order = new int[length];
        for (int i = 0; i < length; i++) {
            order[i] = i;
        }
        for (int i = 0; i < length - 1; i++) {
            int other = i + (int) (random.next() % (length - i));
            int swapped = order[i];
            order[i] = order[other];
            order[other] = swapped;
        }
        return order;
    }

    /**
     * The order in which the Hugging Face trainer visits rows in an epoch.
     *
     * @param seed {@code data_seed}, or {@code seed} where that is not set
     * @param epoch from 0
     */
    public static int[] ofEpoch(int rows, long seed, int epoch) {
        return of(rows, seed + epoch);
    }
}
