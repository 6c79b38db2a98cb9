package dev.finetune4j.core.gguf.block;

/**
 * The finer formats of 256 elements. Q4_K and Q5_K: eight runs of 32, each with a six-bit scale and a six-bit minimum, both
 * times one half for the whole block; Q6_K: sixteen runs of 16 with a signed byte as scale.
 */
final class SuperBlocks {
    private static final int ELEMENTS = 256;
    private static final int RUN = 32;
    private static final int RUNS = 8;

    private SuperBlocks() {}

    /** Q4_K. */
    static void fourBits(byte[] in, int blocks, float[] out) {
        for (int b = 0, at = 0, to = 0; b < blocks; b++, at += 144, to += ELEMENTS) {
            float d = Plain.half(in, at);
            float m = Plain.half(in, at + 2);
            for (int run = 0; run < RUNS; run++) {
                float scale = d * scale(in, at + 4, run);
                float minimum = m * minimum(in, at + 4, run);
                int codes = at + 16 + RUN * (run >> 1);
                int shift = (run & 1) << 2;
                int first = to + RUN * run;
                for (int j = 0; j < RUN; j++) {
                    out[first + j] = scale * (in[codes + j] >> shift & 15) - minimum;
                }
            }
        }
    }

    /** Q5_K: the fifth bit of run {@code r} is bit {@code r} of the 32 bytes before the nibbles. */
    static void fiveBits(byte[] in, int blocks, float[] out) {
        for (int b = 0, at = 0, to = 0; b < blocks; b++, at += 176, to += ELEMENTS) {
            float d = Plain.half(in, at);
            float m = Plain.half(in, at + 2);
            for (int run = 0; run < RUNS; run++) {
                float scale = d * scale(in, at + 4, run);
                float minimum = m * minimum(in, at + 4, run);
                int high = at + 16;
                int codes = at + 48 + RUN * (run >> 1);
                int shift = (run & 1) << 2;
                int first = to + RUN * run;
                for (int j = 0; j < RUN; j++) {
                    int code = in[codes + j] >> shift & 15 | (in[high + j] >> run & 1) << 4;
                    out[first + j] = scale * code - minimum;
                }
            }
        }
    }

    /** Scales of the first four runs are the low six bits of bytes 0 to 3; the others are spread over two places. */
    private static int scale(byte[] in, int at, int run) {
        return run < 4 ? in[at + run] & 63 : in[at + run + 4] & 15 | (in[at + run - 4] >> 6 & 3) << 4;
    }

    private static int minimum(byte[] in, int at, int run) {
        return run < 4 ? in[at + run + 4] & 63 : in[at + run + 4] >> 4 & 15 | (in[at + run] >> 6 & 3) << 4;
    }

    /**
     * Q6_K: {@code d · s · (q - 32)}. In each half of 128 elements, run {@code r} of 32 takes a nibble of the 64 low bytes
     * and two bits of the 32 high ones.
     */
    static void sixBits(byte[] in, int blocks, float[] out) {
        for (int b = 0, at = 0, to = 0; b < blocks; b++, at += 210, to += ELEMENTS) {
            float d = Plain.half(in, at + 208);
            for (int run = 0; run < RUNS; run++) {
                int quarter = run & 3;
                int low = at + 64 * (run >> 2) + RUN * (quarter & 1);
                int lowShift = (quarter >> 1) << 2;
                int high = at + 128 + RUN * (run >> 2);
                int highShift = quarter << 1;
                float scale = d * in[at + 192 + 2 * run];
                float second = d * in[at + 193 + 2 * run];
                int first = to + RUN * run;
                for (int j = 0; j < RUN; j++) {
                    int code = in[low + j] >> lowShift & 15 | (in[high + j] >> highShift & 3) << 4;
                    out[first + j] = (j < 16 ? scale : second) * (code - 32);
                }
            }
        }
    }
}
