package dev.finetune4j.core.gguf.block;

import dev.finetune4j.core.runtime.DType;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** ggml's element types: their number in files, and elements and bytes of one block. Those without a format are only known by name. */
public enum GgmlType {
    F32(0, 1, 4, Plain::float32),
    F16(1, 1, 2, Plain::float16),
    BF16(30, 1, 2, Plain::bfloat16),
    Q8_0(8, 32, 34, SimpleBlocks::eightBits),
    Q4_0(2, 32, 18, SimpleBlocks::fourBits),
    Q4_1(3, 32, 20, SimpleBlocks::fourBitsAndMinimum),
    Q5_0(6, 32, 22, SimpleBlocks::fiveBits),
    Q5_1(7, 32, 24, SimpleBlocks::fiveBitsAndMinimum),
    Q2_K(10, 256, 84, CoarseSuperBlocks::twoBits),
    Q3_K(11, 256, 110, CoarseSuperBlocks::threeBits),
    Q4_K(12, 256, 144, SuperBlocks::fourBits),
    Q5_K(13, 256, 176, SuperBlocks::fiveBits),
    Q6_K(14, 256, 210, SuperBlocks::sixBits),
    Q4_2(4),
    Q4_3(5),
    Q8_1(9),
    Q8_K(15),
    IQ2_XXS(16),
    IQ2_XS(17),
    IQ3_XXS(18),
    IQ1_S(19),
    IQ4_NL(20),
    IQ3_S(21),
    IQ2_S(22),
    IQ4_XS(23),
    I8(24),
    I16(25),
    I32(26),
    I64(27),
    F64(28),
    IQ1_M(29),
    Q4_0_4_4(31),
    Q4_0_4_8(32),
    Q4_0_8_8(33),
    TQ1_0(34),
    TQ2_0(35),
    IQ4_NL_4_4(36),
    IQ4_NL_4_8(37),
    IQ4_NL_8_8(38),
    MXFP4(39),
    NVFP4(40),
    Q1_0(41);

    private final int code;
    private final int elements;
    private final int bytes;
    private final @Nullable BlockFormat format;

    GgmlType(int code) {
        this(code, 1, 1, null);
    }

    GgmlType(int code, int elements, int bytes, @Nullable BlockFormat format) {
        this.code = code;
        this.elements = elements;
        this.bytes = bytes;
        this.format = format;
    }

    /** By the number that files use; null if there is none. */
    public static @Nullable GgmlType byCode(long code) {
        for (GgmlType type : values()) {
            if (type.code == code) {
                return type;
            }
        }
        return null;
    }

    /** Names of the readable types, for messages. */
    public static String readableNames() {
        return Arrays.stream(values())
                .filter(GgmlType::isReadable)
                .map(GgmlType::name)
                .collect(Collectors.joining(", "));
    }

    public boolean isReadable() {
        return format != null;
    }

    /** Elements of one block; 1 for plain types. */
    public int elements() {
        return elements;
    }

    /** Bytes of one block. */
    public int bytes() {
        return bytes;
    }

    /** The dtype that its elements have once read: their own for plain types, fp32 for blocks. */
    public DType dtype() {
        return switch (this) {
            case F16 -> DType.FLOAT16;
            case BF16 -> DType.BFLOAT16;
            default -> DType.FLOAT32;
        };
    }

    /** Whether reading changes the bytes. */
    public boolean isQuantized() {
        return elements > 1;
    }

    /**
     * Writes the elements of the first {@code blocks} blocks of {@code in} to the beginning of {@code out}, in fp32.
     *
     * @throws IllegalStateException if the type is not readable
     */
    public void widen(byte[] in, int blocks, float[] out) {
        if (format == null) {
            throw new IllegalStateException(this + " has no format here");
        }
        format.widen(in, blocks, out);
    }
}
