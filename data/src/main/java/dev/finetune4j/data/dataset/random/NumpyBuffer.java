package dev.finetune4j.data.dataset.random;

/**
 * The draws of a shuffle buffer as Hugging Face's {@code datasets} makes them from numpy's {@code default_rng(seed)}: places
 * in the full buffer a thousand at a time, and a shuffle of what is left at the end.
 */
public final class NumpyBuffer {
    private static final int AT_A_TIME = 1000;

    private final Pcg64 random;
    private final int size;
    private final int[] places = new int[AT_A_TIME];
    private int next = AT_A_TIME;

    /**
     * @param size places of the buffer, at least 1
     * @param seed at least 0
     * @param epoch from 0; each pass over the data has a generator of its own
     */
    public NumpyBuffer(int size, long seed, int epoch) {
        this.size = size;
        this.random = new Pcg64(epoch == 0 ? seed : (new Pcg64(seed).nextLong() >>> 1) - epoch);
    }

    /** A place from 0 below the buffer's size. */
    public int place() {
        if (next == AT_A_TIME) {
            for (int i = 0; i < AT_A_TIME; i++) {
                places[i] = random.below(size);
            }
            next = 0;
        }
        return places[next++];
    }

    /** The order in which the last elements are given away. */
    public int[] rest(int count) {
        return NumpyPermutation.of(count, random);
    }
}
