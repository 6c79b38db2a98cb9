package dev.finetune4j.data.dataset.random;

/**
 * The generator behind numpy's {@code default_rng(seed)}: PCG XSL-RR 128/64, seeded through numpy's {@code SeedSequence}.
 *
 * @see <a href="https://www.pcg-random.org/pdf/hmc-cs-2014-0905.pdf">O'Neill 2014, PCG</a>
 */
final class Pcg64 {
    private static final long MULTIPLIER_HIGH = 0x2360ED051FC65DA4L;
    private static final long MULTIPLIER_LOW = 0x4385DF649FCCF645L;

    private long high;
    private long low;
    private final long incrementHigh;
    private final long incrementLow;
    private long halfKept;
    private boolean hasHalf;

    /** @param seed at least 0 */
    Pcg64(long seed) {
        long[] words = SeedSequence.state(seed);
        incrementHigh = (words[2] << 1) | (words[3] >>> 63);
        incrementLow = (words[3] << 1) | 1;
        step();
        add(words[0], words[1]);
        step();
    }

    /** Next 64 random bits. */
    long nextLong() {
        step();
        return Long.rotateRight(high ^ low, (int) (high >>> 58));
    }

    /** Next 32 random bits, unsigned; two of them share one 64-bit draw, the low half first. */
    private long nextHalf() {
        if (hasHalf) {
            hasHalf = false;
            return halfKept;
        }
        long whole = nextLong();
        hasHalf = true;
        halfKept = whole >>> 32;
        return whole & 0xffffffffL;
    }

    /** A number from 0 to {@code most}, by throwing away draws above it after masking. */
    int upTo(int most) {
        if (most == 0) {
            return 0;
        }
        long mask = (Integer.highestOneBit(most) << 1) - 1L;
        long value = nextHalf() & mask;
        while (value > most) {
            value = nextHalf() & mask;
        }
        return (int) value;
    }

    /**
     * A number from 0 below {@code bound}, by the high half of a product, drawn again where that would be uneven.
     *
     * @see <a href="https://arxiv.org/abs/1805.10941">Lemire 2019, Fast Random Integer Generation in an Interval</a>
     */
    int below(int bound) {
        if (bound == 1) {
            return 0;
        }
        long product = nextHalf() * bound;
        long uneven = (1L << 32) % bound;
        while ((product & 0xffffffffL) < uneven) {
            product = nextHalf() * bound;
        }
        return (int) (product >>> 32);
    }

    /** A number in [0, 1) with 53 random bits. */
    double nextDouble() {
        return (nextLong() >>> 11) * 0x1.0p-53;
    }

    private void step() {
        long productLow = low * MULTIPLIER_LOW;
        long productHigh = unsignedHigh(low, MULTIPLIER_LOW) + high * MULTIPLIER_LOW + low * MULTIPLIER_HIGH;
        low = productLow;
        high = productHigh;
        add(incrementHigh, incrementLow);
    }

    private void add(long moreHigh, long moreLow) {
        long sum = low + moreLow;
        high += moreHigh + (Long.compareUnsigned(sum, low) < 0 ? 1 : 0);
        low = sum;
    }

    /** Upper 64 bits of an unsigned product; the JDK has it from 18 on. */
    private static long unsignedHigh(long a, long b) {
        return Math.multiplyHigh(a, b) + ((a >> 63) & b) + ((b >> 63) & a);
    }
}
