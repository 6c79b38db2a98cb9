package dev.finetune4j.core.gguf.block;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Types that store each element by itself, and the reading of numbers of more than one byte. */
final class Plain {
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    /** 2 to the power of -24, the value of the lowest bit of a denormal half. */
    private static final float DENORMAL = 0x1p-24f;

    private Plain() {}

    static void float32(byte[] in, int count, float[] out) {
        for (int i = 0; i < count; i++) {
            out[i] = Float.intBitsToFloat(word(in, 4 * i));
        }
    }

    static void float16(byte[] in, int count, float[] out) {
        for (int i = 0; i < count; i++) {
            out[i] = half(in, 2 * i);
        }
    }

    static void bfloat16(byte[] in, int count, float[] out) {
        for (int i = 0; i < count; i++) {
            out[i] = Float.intBitsToFloat((short) SHORT.get(in, 2 * i) << 16);
        }
    }

    /** Four bytes. */
    static int word(byte[] in, int at) {
        return (int) INT.get(in, at);
    }

    /** An IEEE half, exactly. */
    static float half(byte[] in, int at) {
        int bits = (short) SHORT.get(in, at);
        int sign = bits & 0x8000_0000;
        int exponent = bits >> 10 & 0x1F;
        int fraction = bits & 0x3FF;
        if (exponent == 0) {
            return sign == 0 ? fraction * DENORMAL : -(fraction * DENORMAL);
        }
        int wide = exponent == 0x1F ? 0xFF : exponent + 112;
        return Float.intBitsToFloat(sign | wide << 23 | fraction << 13);
    }
}
