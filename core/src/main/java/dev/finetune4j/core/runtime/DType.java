package dev.finetune4j.core.runtime;

import java.util.Locale;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Element types the library knows, with their names in safetensors files and in {@code config.json}. */
public enum DType {
    FLOAT64("F64", "float64", 8, ScalarType.Double),
    FLOAT32("F32", "float32", 4, ScalarType.Float),
    FLOAT16("F16", "float16", 2, ScalarType.Half),
    BFLOAT16("BF16", "bfloat16", 2, ScalarType.BFloat16),
    INT64("I64", "int64", 8, ScalarType.Long),
    INT32("I32", "int32", 4, ScalarType.Int),
    INT16("I16", "int16", 2, ScalarType.Short),
    INT8("I8", "int8", 1, ScalarType.Char),
    UINT8("U8", "uint8", 1, ScalarType.Byte),
    BOOL("BOOL", "bool", 1, ScalarType.Bool);

    private final String safetensorsName;
    private final String configName;
    private final int bytes;
    private final ScalarType scalarType;

    DType(String safetensorsName, String configName, int bytes, ScalarType scalarType) {
        this.safetensorsName = safetensorsName;
        this.configName = configName;
        this.bytes = bytes;
        this.scalarType = scalarType;
    }

    /** The dtype of a tensor. */
    public static DType of(Tensor tensor) {
        int value = tensor.scalar_type().value;
        for (DType dtype : values()) {
            if (dtype.scalarType.value == value) {
                return dtype;
            }
        }
        throw new IllegalArgumentException("dtype number " + value + " is not one of ours");
    }

    /** By the name a safetensors header uses, such as {@code BF16}; null if unknown. */
    public static @org.jspecify.annotations.Nullable DType bySafetensorsName(String name) {
        for (DType dtype : values()) {
            if (dtype.safetensorsName.equals(name)) {
                return dtype;
            }
        }
        return null;
    }

    /** By the name {@code config.json} uses, such as {@code bfloat16} or {@code torch.bfloat16}; null if unknown. */
    public static @org.jspecify.annotations.Nullable DType byConfigName(String name) {
        String plain = name.toLowerCase(Locale.ROOT).replace("torch.", "");
        for (DType dtype : values()) {
            if (dtype.configName.equals(plain)) {
                return dtype;
            }
        }
        return null;
    }

    public String safetensorsName() {
        return safetensorsName;
    }

    public String configName() {
        return configName;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }

    /** The binding's constant. Never compare those with {@code ==}: each native call returns another object. */
    public ScalarType scalarType() {
        return scalarType;
    }

    public boolean isFloating() {
        return ordinal() <= BFLOAT16.ordinal();
    }
}
