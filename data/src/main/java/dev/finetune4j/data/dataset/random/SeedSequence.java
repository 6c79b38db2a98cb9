package dev.finetune4j.data.dataset.random;

/**
 * numpy's way from a small seed to well-mixed generator state, after O'Neill's {@code seed_seq} alternative. Only what
 * {@code default_rng(seed)} needs: one seed below 2⁶⁴, four 64-bit words out.
 *
 * @see <a href="https://www.pcg-random.org/posts/developing-a-seed_seq-alternative.html">O'Neill 2015</a>
 */
final class SeedSequence {
    private static final int POOL = 4;
    private static final int SHIFT = 16;
    private static final int INIT_A = 0x43b0d7e5;
    private static final int MULT_A = 0x931e8875;
    private static final int INIT_B = 0x8b51f9dd;
    private static final int MULT_B = 0x58f38ded;
    private static final int MIX_LEFT = 0xca01f9dd;
    private static final int MIX_RIGHT = 0x4973f715;

    private int constant = INIT_A;

    private SeedSequence() {}

    /** Four words of 64 bits. */
    static long[] state(long seed) {
        int[] pool = new SeedSequence().pool(seed);
        int constant = INIT_B;
        int[] halves = new int[2 * POOL];
        for (int i = 0; i < halves.length; i++) {
            int value = pool[i % POOL] ^ constant;
            constant *= MULT_B;
            value *= constant;
            halves[i] = value ^ (value >>> SHIFT);
        }
        long[] words = new long[POOL];
        for (int i = 0; i < POOL; i++) {
            words[i] = (halves[2 * i] & 0xffffffffL) | ((long) halves[2 * i + 1] << 32);
        }
        return words;
    }

    private int[] pool(long seed) {
        int[] pool = new int[POOL];
        // Words beyond those of the seed count as zero; a seed below 2^32 has one word, a larger one two.
        int[] entropy = {(int) seed, (int) (seed >>> 32), 0, 0};
        for (int i = 0; i < POOL; i++) {
            pool[i] = hash(entropy[i]);
        }
        for (int from = 0; from < POOL; from++) {
            for (int to = 0; to < POOL; to++) {
                if (from != to) {
                    pool[to] = mix(pool[to], hash(pool[from]));
                }
            }
        }
        return pool;
    }

    private int hash(int value) {
        int mixed = value ^ constant;
        constant *= MULT_A;
        mixed *= constant;
        return mixed ^ (mixed >>> SHIFT);
    }

    private static int mix(int left, int right) {
        int mixed = MIX_LEFT * left - MIX_RIGHT * right;
        return mixed ^ (mixed >>> SHIFT);
    }
}
