package dev.finetune4j.core.gguf.block;

/** The coarser formats of 256 elements: sixteen runs of 16, whose scales are themselves small integers times a half. */
final class CoarseSuperBlocks {
    private static final int ELEMENTS = 256;
    private static final int RUN = 16;
    private static final int RUNS = 16;

    private CoarseSuperBlocks() {}

    /** Q2_K: {@code d · s · q - m · t}; a byte per run holds s and t. */
    static void twoBits(byte[] in, int blocks, float[] out) {
        for (int b = 0, at = 0, to = 0; b < blocks; b++, at += 84, to += ELEMENTS) {
            float d = Plain.half(in, at + 80);
            float m = Plain.half(in, at + 82);
            for (int run = 0; run < RUNS; run++) {
                float scale = d * (in[at + run] & 15);
                float minimum = m * (in[at + run] >> 4 & 15);
                int codes = at + 16 + codesOf(run);
                int shift = shiftOf(run);
                int first = to + RUN * run;
                for (int j = 0; j < RUN; j++) {
                    out[first + j] = scale * (in[codes + j] >> shift & 3) - minimum;
                }
            }
        }
    }

    /**
     * Q3_K: {@code d · (s - 32) · q}, q from -4 to 3. The 32 bytes before the codes say of each element whether four is not
     * taken off it.
     */
    static void threeBits(byte[] in, int blocks, float[] out) {
        for (int b = 0, at = 0, to = 0; b < blocks; b++, at += 110, to += ELEMENTS) {
            float d = Plain.half(in, at + 108);
            for (int run = 0; run < RUNS; run++) {
                float scale = d * (sixBitScale(in, at + 96, run) - 32);
                int codes = at + 32 + codesOf(run);
                int shift = shiftOf(run);
                int masks = at + RUN * (run & 1);
                int bit = run >> 1;
                int first = to + RUN * run;
                for (int j = 0; j < RUN; j++) {
                    int code = (in[codes + j] >> shift & 3) - ((~in[masks + j] >> bit & 1) << 2);
                    out[first + j] = scale * code;
                }
            }
        }
    }

    /** A half of 128 elements has 32 bytes; eight runs read them two bits at a time, two runs a pass. */
    private static int codesOf(int run) {
        return 32 * (run >> 3) + RUN * (run & 1);
    }

    private static int shiftOf(int run) {
        return run & 6;
    }

    /** Low nibbles in the first eight bytes, two high bits in the last four. */
    private static int sixBitScale(byte[] in, int at, int run) {
        int low = in[at + (run & 7)] >> (run >> 3 << 2) & 15;
        int high = in[at + 8 + (run & 3)] >> (run >> 2 << 1) & 3;
        return low | high << 4;
    }
}
