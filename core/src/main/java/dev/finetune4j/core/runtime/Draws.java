package dev.finetune4j.core.runtime;

import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Random draws of one micro-batch, keyed by seed, step, row and layer. No state: the same key gives the same numbers, so a
 * block run again, a batch split in two and a resumed run all draw what they drew before.
 */
public final class Draws {
    /** No randomness: dropout does nothing. */
    public static final Draws NONE = new Draws(0, 0, 0, new int[0]);

    private final long seed;
    private final long step;
    private final int firstRow;
    private final int[] rowLengths;

    /**
     * @param firstRow number within the step of the batch's first row
     * @param rowLengths tokens of each row of the batch, in order
     */
    public Draws(long seed, long step, int firstRow, int[] rowLengths) {
        this.seed = seed;
        this.step = step;
        this.firstRow = firstRow;
        this.rowLengths = rowLengths.clone();
    }

    public boolean active() {
        return rowLengths.length > 0;
    }

    /**
     * The same draws for a layer that sees only some tokens of each row.
     *
     * @param lengths tokens of each row that it sees, in order; further entries stand for further rows
     */
    public Draws of(int[] lengths) {
        return new Draws(seed, step, firstRow, lengths);
    }

    /** Tokens of each row, in order. */
    public int[] rowLengths() {
        return rowLengths.clone();
    }

    /**
     * Factors of inverted dropout: 0 with probability {@code p}, else {@code 1 / (1 − p)}. {@code p} is rounded to a multiple
     * of 1/65536, in both places: a 64-bit draw then serves four elements, and drawing costs a third of one draw each.
     *
     * @param layer name that sets this layer's draws apart
     * @return {@code [tokens, columns]} in {@code dtype}
     */
    public Tensor dropout(String layer, double p, long columns, DType dtype, Device device) {
        long tokens = 0;
        for (int length : rowLengths) {
            tokens += length;
        }
        long dropped = Math.min(65535, Math.round(p * 65536));
        // Always drawn on the CPU, so that a run draws the same masks on every device.
        Tensor factors = Torch.empty(DType.FLOAT32, Device.CPU, tokens, columns);
        long start = 0;
        for (int i = 0; i < rowLengths.length; i++) {
            try (Scope scope = Scope.open("dropout row")) {
                Tensor kept = sixteenBits(key(layer, firstRow + i), rowLengths[i] * columns)
                        .ge(Torch.scalar(dropped + Short.MIN_VALUE));
                factors.narrow(0, start, rowLengths[i]).copy_(kept.view(rowLengths[i], columns));
            }
            start += rowLengths[i];
        }
        factors.mul_(Torch.scalar(65536.0 / (65536 - dropped)));
        return Torch.to(device.isCuda() ? factors.to(device.toNative(), DType.FLOAT32.scalarType()) : factors, dtype);
    }

    /** Uniform over all values of int16, {@code [count]}. */
    private static Tensor sixteenBits(long key, long count) {
        Tensor bits = Torch.empty(DType.INT64, Device.CPU, (count + 3) / 4);
        GeneratorOptional generator = new GeneratorOptional(torch.make_generator_cpu(key));
        bits.random_(Long.MIN_VALUE, new LongOptional(), generator);
        return bits.view(DType.INT16.scalarType()).narrow(0, 0, count);
    }

    private long key(String layer, int row) {
        long key = mix(seed);
        key = mix(key ^ step);
        key = mix(key ^ row);
        for (int i = 0; i < layer.length(); i++) {
            key = mix(key ^ layer.charAt(i));
        }
        return key & Long.MAX_VALUE;
    }

    /** Finaliser of SplitMix64 (Steele, Lea and Flood 2014): every input bit reaches every output bit. */
    private static long mix(long z) {
        long x = z + 0x9e3779b97f4a7c15L;
        x = (x ^ (x >>> 30)) * 0xbf58476d1ce4e5b9L;
        x = (x ^ (x >>> 27)) * 0x94d049bb133111ebL;
        return x ^ (x >>> 31);
    }
}
