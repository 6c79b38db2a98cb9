package dev.finetune4j.core.gguf.block;

/**
 * Blocks of 32 elements with one scale, and for some a minimum, in half precision. Nibbles: element {@code j} is the low half
 * of byte {@code j}, element {@code j + 16} the high one. Fifth bits: bit {@code j} of a word belongs to element {@code j}.
 */
final class SimpleBlocks {
    private static final int ELEMENTS = 32;
    private static final int HALF = 16;

    private SimpleBlocks() {}

    /** Q8_0: {@code d · q}. */
    static void eightBits(byte[] in, int blocks, float[] out) {
        for (int b = 0, at = 0, to = 0; b < blocks; b++, at += 34, to += ELEMENTS) {
            float scale = Plain.half(in, at);
            int codes = at + 2;
            for (int j = 0; j < ELEMENTS; j++) {
                out[to + j] = in[codes + j] * scale;
            }
        }
    }

    /** Q4_0: {@code d · (q - 8)}. */
    static void fourBits(byte[] in, int blocks, float[] out) {
        for (int b = 0, at = 0, to = 0; b < blocks; b++, at += 18, to += ELEMENTS) {
            float scale = Plain.half(in, at);
            int codes = at + 2;
            for (int j = 0; j < HALF; j++) {
                int pair = in[codes + j];
                out[to + j] = scale * ((pair & 15) - 8);
                out[to + j + HALF] = scale * ((pair >> 4 & 15) - 8);
            }
        }
    }

    /** Q4_1: {@code d · q + m}. */
    static void fourBitsAndMinimum(byte[] in, int blocks, float[] out) {
        for (int b = 0, at = 0, to = 0; b < blocks; b++, at += 20, to += ELEMENTS) {
            float scale = Plain.half(in, at);
            float minimum = Plain.half(in, at + 2);
            int codes = at + 4;
            for (int j = 0; j < HALF; j++) {
                int pair = in[codes + j];
                out[to + j] = scale * (pair & 15) + minimum;
                out[to + j + HALF] = scale * (pair >> 4 & 15) + minimum;
            }
        }
    }

    /** Q5_0: {@code d · (q - 16)}. */
    static void fiveBits(byte[] in, int blocks, float[] out) {
        for (int b = 0, at = 0, to = 0; b < blocks; b++, at += 22, to += ELEMENTS) {
            float scale = Plain.half(in, at);
            int high = Plain.word(in, at + 2);
            int codes = at + 6;
            for (int j = 0; j < HALF; j++) {
                int pair = in[codes + j];
                out[to + j] = scale * ((pair & 15 | (high >> j & 1) << 4) - 16);
                out[to + j + HALF] = scale * ((pair >> 4 & 15 | (high >> j + HALF & 1) << 4) - 16);
            }
        }
    }

    /** Q5_1: {@code d · q + m}. */
    static void fiveBitsAndMinimum(byte[] in, int blocks, float[] out) {
        for (int b = 0, at = 0, to = 0; b < blocks; b++, at += 24, to += ELEMENTS) {
            float scale = Plain.half(in, at);
            float minimum = Plain.half(in, at + 2);
            int high = Plain.word(in, at + 4);
            int codes = at + 8;
            for (int j = 0; j < HALF; j++) {
                int pair = in[codes + j];
                out[to + j] = scale * (pair & 15 | (high >> j & 1) << 4) + minimum;
                out[to + j + HALF] = scale * (pair >> 4 & 15 | (high >> j + HALF & 1) << 4) + minimum;
            }
        }
    }
}
